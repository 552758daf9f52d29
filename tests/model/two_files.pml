/* Two inputs into one operator, each with chunks and barriers of its own; the receivers align them.
   WIDE=0: a full ring pauses one input only. EOSBAR=1: an input that has ended counts as aligned.

   spin: -DN=2 -DC=1 -DB=1 -DCAP=1 -DWIDE=0 -DEOSBAR=1
   spin: -DN=2 -DC=1 -DB=1 -DCAP=1 -DWIDE=1 -DEOSBAR=1

   When an ended input does not count, the barrier of the other waits for ever:
   spin-fails: -DN=2 -DC=1 -DB=1 -DCAP=1 -DWIDE=0 -DEOSBAR=0
*/
#ifndef N
#define N 2
#endif
#ifndef C
#define C 2
#endif
#ifndef B
#define B 1
#endif
#ifndef CAP
#define CAP 1
#endif
#ifndef WIDE
#define WIDE 1
#endif
#ifndef EOSBAR
#define EOSBAR 1
#endif
#ifndef EARLY
#define EARLY 0   /* 1: request surely precedes the claims */
#endif
#define NONE 255
#define ALL ((1<<N)-1)
#define END 64
#define BARF 128
#define Q(i,s,t) q[(i)*N*N+(s)*N+(t)]
chan q[2*N*N] = [CAP] of { byte, byte };
byte next[2]; bit req[2]; byte sa[2]; byte nsnap=0;
inline pick(t) { if :: t=0 :: t=1 fi }
inline choose(v,max) { v=0; do :: v<max -> v++ :: break od }
#define FREE(i) (cur[i]==NONE && (!WIDE || cur[1-(i)]==NONE))
#define SRC(i) \
  :: atomic { FREE(i) && next[i]<=C -> cur[i]=next[i]; next[i]++; if :: cur[i]<C -> choose(left[i],B) :: else fi; ends[i]=ALL; \
       if :: req[i] -> req[i]=0; bf[i]=BARF :: else -> bf[i]=0 fi } \
  :: atomic { cur[i]!=NONE && kt[i]==NONE && left[i]>0 -> left[i]--; pick(t); k=cnt[i*2+t]; cnt[i*2+t]++; \
       if :: nfull(Q(i,w,t)) -> Q(i,w,t)!cur[i],k :: full(Q(i,w,t)) -> kt[i]=t; kk[i]=k fi; t=0;k=0 } \
  :: atomic { cur[i]!=NONE && kt[i]==NONE && left[i]==0 && ends[i]!=0 -> if :: (ends[i]&1) -> t=0 :: (ends[i]&2) -> t=1 fi; \
       ends[i]=ends[i]&~(1<<t); k=END+cnt[i*2+t]+bf[i]; cnt[i*2+t]=0; \
       if :: nfull(Q(i,w,t)) -> Q(i,w,t)!cur[i],k; if :: ends[i]==0 -> cur[i]=NONE :: else fi \
          :: full(Q(i,w,t)) -> kt[i]=t; kk[i]=k fi; t=0;k=0 } \
  :: atomic { kt[i]!=NONE && nfull(Q(i,w,kt[i])) -> Q(i,w,kt[i])!cur[i],kk[i]; kt[i]=NONE; kk[i]=0; \
       if :: left[i]==0 && ends[i]==0 -> cur[i]=NONE :: else fi }
#define AL(i) (al[i] || (EOSBAR && e[i]==C+1))
#define RX(i,s) \
  :: atomic { !al[i] && Q(i,s,w)?[eval(e[i]),_] -> Q(i,s,w)?_,k; \
       if :: k<END -> assert(k==ri[i]); ri[i]=ri[i]+1 \
          :: else -> assert((k&63)==ri[i]); ri[i]=0; e[i]=e[i]+1; if :: (k&BARF) -> al[i]=1 :: else fi; \
             if :: (al[0]||al[1]) && AL(0) && AL(1) -> al[0]=0; al[1]=0; nsnap++; \
                   if :: sa[0]==NONE -> sa[0]=e[0]; sa[1]=e[1] :: else -> assert(sa[0]==e[0] && sa[1]==e[1]) fi \
                :: else fi \
       fi; k=0 }
proctype W(byte w) {
  byte cur[2],left[2],kt[2],kk[2],ends[2],bf[2],e[2],ri[2]; byte cnt[4]; bit al[2]; byte t=0,k=0;
  atomic { cur[0]=NONE; cur[1]=NONE; kt[0]=NONE; kt[1]=NONE; }
  do
  SRC(0)
  SRC(1)
  RX(0,0)
  RX(0,1)
  RX(1,0)
  RX(1,1)
  :: atomic { cur[0]==NONE && cur[1]==NONE && next[0]>C && next[1]>C && e[0]==C+1 && e[1]==C+1 && !al[0] && !al[1] -> break }
  od
}
proctype Coord() { atomic { req[0]=1; req[1]=1 } }
init { atomic { sa[0]=NONE; sa[1]=NONE;
#if EARLY
 req[0]=1; req[1]=1; run W(0); run W(1)
#else
 run W(0); run W(1); run Coord()
#endif
 } (_nr_pr==1); assert(nsnap==0 || nsnap==N) }
