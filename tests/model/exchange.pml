/* The exchange of leat: one file parsed by N workers, chunks claimed in order, rows to the owner of their key by an N x N mesh of
   rings, with -DX2 a second exchange behind it, with -DBAR a checkpoint barrier. Checked exhaustively: no deadlock, chunks and batches in
   order, barriers agree.

   spin: -DN=2 -DC=5 -DB=2 -DCAP=1
   spin: -DN=2 -DC=3 -DB=2 -DCAP=2
   spin: -DN=3 -DC=2 -DB=1 -DCAP=1
   spin: -DN=2 -DC=4 -DB=2 -DCAP=1 -DBAR
   spin: -DN=2 -DC=2 -DB=1 -DCAP=1 -DX2 -DF=1 -DORD2=2 -DPOOL=2 -DP=3
   spin: -DN=2 -DC=1 -DB=1 -DCAP=1 -DX2 -DF=1 -DORD2=2 -DBAR

   Each rule that is dropped deadlocks: receiving while a send is kept, parsing while the output of the operator is full, a free order
   behind the second exchange, no reservation for the worst case, pools private to a worker and edge.
   spin-fails: -DN=2 -DC=2 -DB=2 -DCAP=1 -DX2 -DF=2 -DORD2=2 -DRX1_X1=0
   spin-fails: -DN=2 -DC=2 -DB=2 -DCAP=1 -DX2 -DF=2 -DORD2=2 -DTX1_X2=0
   spin-fails: -DN=2 -DC=2 -DB=2 -DCAP=1 -DX2 -DF=2 -DORD2=1
   spin-fails: -DN=2 -DC=2 -DB=2 -DCAP=1 -DX2 -DF=2 -DORD2=2 -DRES=1
   spin-fails: -DN=2 -DC=2 -DB=2 -DCAP=1 -DX2 -DF=2 -DORD2=2 -DPOOL=3 -DP=1
*/
#ifndef N
#define N 2
#endif
#ifndef C
#define C 3          /* chunks 0..C-1; number C is the LAST pseudo chunk */
#endif
#ifndef B
#define B 2          /* max batches per chunk */
#endif
#ifndef CAP
#define CAP 1
#endif
#ifndef F
#define F 2          /* max output batches per consumed batch / per END (timers) */
#endif
#ifndef CAP2
#define CAP2 CAP
#endif
#ifndef ORD2
#define ORD2 0       /* 0 free per-ring FIFO, 1 strict (s,source), 2 rounds + sort buffer of K */
#endif
#ifndef K
#define K 100
#endif
#ifndef RX1_X1
#define RX1_X1 1     /* receive X1 while X1 send is FULL */
#endif
#ifndef RX2_X1
#define RX2_X1 1
#endif
#ifndef RX2_X2
#define RX2_X2 1
#endif
#ifndef TX1_X2
#define TX1_X2 1     /* parse / retry X1 sends while join output is FULL */
#endif
#ifndef RES
#define RES 0        /* 1: consume only when worst-case output space is free downstream */
#endif
#ifndef POOL
#define POOL 0       /* 1 shared, 2 private per worker+edge, 3 private per worker, both edges */
#endif
#ifndef P
#define P 2
#endif
#ifndef FIXT
#define FIXT 0       /* 1: all rows to worker 0 */
#endif
#define NONE 255
#define ALL ((1<<N)-1)
#define END 64
#define BARF 128
#define Q1(s,t) q1[(s)*N+(t)]
#define Q2(s,t) q2[(s)*N+(t)]
chan q1[N*N] = [CAP] of { byte, byte };
#ifdef X2
chan q2[N*N] = [CAP2] of { byte, byte };
#endif
byte next = 0;
#ifdef BAR
bit req = 0;
byte snapA = NONE;  /* agreed s at join stage */
byte nsnap = 0;
byte nsnap2 = 0;
#endif
#if POOL==1
byte pool = P;
#define GOT1(w) (pool>0)
#define GET1(w) pool--
#define PUT1(w) pool++
#define GOT2(w) 1
#define GET2(w) skip
#define PUT2(w) skip
#elif POOL==2
byte pool[N]; byte poolb[N];
#define GOT1(w) (pool[w]>0)
#define GET1(w) pool[w]--
#define PUT1(w) pool[w]++
#define GOT2(w) (poolb[w]>0)
#define GET2(w) poolb[w]--
#define PUT2(w) poolb[w]++
#elif POOL==3
byte pool[N];
#define GOT1(w) (pool[w]>0)
#define GET1(w) pool[w]--
#define PUT1(w) pool[w]++
#define GOT2(w) (pool[w]>0)
#define GET2(w) pool[w]--
#define PUT2(w) pool[w]++
#else
#define GOT1(w) 1
#define GET1(w) skip
#define PUT1(w) skip
#define GOT2(w) 1
#define GET2(w) skip
#define PUT2(w) skip
#endif

inline pick(t) {
#if FIXT
  t = 0
#else
  if :: t=0 :: t=1
#if N>2
     :: t=2
#endif
  fi
#endif
}
inline pickmask(t,m) {
  if :: (m&1) -> t=0 :: (m&2) -> t=1
#if N>2
     :: (m&4) -> t=2
#endif
  fi
}
inline choose(v,max) { v = 0; do :: v<max -> v++ :: break od }

#ifdef X2
#define BUSY (fan>0 || k2t!=NONE || end2!=0)
#if RES==1
#if N==2
#define RESOK (len(Q2(w,0))+F<=CAP2 && len(Q2(w,1))+F<=CAP2)
#else
#define RESOK (len(Q2(w,0))+F<=CAP2 && len(Q2(w,1))+F<=CAP2 && len(Q2(w,2))+F<=CAP2)
#endif
#else
#define RESOK 1
#endif
#else
#define BUSY 0
#define RESOK 1
#define k2t NONE
#endif

#define RX1(src) \
 :: atomic { !(BUSY) && RESOK && (RX1_X1 || kt==NONE) && Q1(src,w)?[eval(e),_] -> Q1(src,w)?_,k; consume(src) }
#define RX2(src) \
 :: atomic { (RX2_X1 || kt==NONE) && (RX2_X2 || k2t==NONE) && nempty(Q2(src,w)) && ACC(src) -> Q2(src,w)?s,k; take2(src) }

inline consume(src) {
  if
  :: k<END -> assert(k==ri); ri++; PUT1(src);
#ifdef X2
     o2 = e; choose(fan,F);
#endif
  :: else -> assert((k&63)==ri); ri=0;
#ifdef BAR
     if :: (k&BARF) -> assert(snapA==NONE || snapA==e); snapA=e; nsnap++;
#ifdef X2
           b2=BARF;
#endif
        :: else fi;
#endif
#ifdef X2
     o2 = e; choose(fan,F); end2=ALL;
#endif
     e++;
  fi;
  k=0
}

#ifdef X2
#if ORD2==0
#ifdef BAR
#define ACC(src) !(paused&(1<<src))
#else
#define ACC(src) 1
#endif
#define ALLDONE2 (l2[0]==C+1 && l2[1]==C+1 && l2[N-1]==C+1)
#elif ORD2==1
#define ACC(src) (src==cs && Q2(src,w)?[eval(rnd),_])
#define ALLDONE2 (rnd==C+1)
#else
#define ACC(src) (Q2(src,w)?[eval(rnd),_] && (stash<K || !Q2(src,w)?[eval(rnd),0]))
#define ALLDONE2 (rnd==C+1)
#endif
inline take2(src) {
#if ORD2==0
  assert(s==l2[src]);
  if :: k<END -> PUT2(src)
     :: else -> l2[src]=s+1;
#ifdef BAR
        if :: (k&BARF) -> assert(s==snapA); paused=paused|(1<<src);
              if :: paused==ALL -> assert(l2[0]==s+1 && l2[1]==s+1 && l2[N-1]==s+1); paused=0; nsnap2++ :: else fi
           :: else fi
#endif
  fi;
#elif ORD2==1
  if :: k<END -> PUT2(src) :: else -> cs++; if :: cs==N -> cs=0; rnd++ :: else fi fi;
#else
  if :: k<END -> PUT2(src);
#if K<100
        stash++
#endif
     :: else -> got=got|(1<<src);
#ifdef BAR
        if :: (k&BARF) -> assert(s==snapA); gb++ :: else -> assert(gb==0) fi;
#endif
        if :: got==ALL -> got=0; stash=0; rnd++;
#ifdef BAR
              if :: gb>0 -> assert(gb==N); gb=0; nsnap2++ :: else fi;
#endif
           :: else fi
  fi;
#endif
  s=0;k=0
}
#endif

proctype W(byte w) {
  byte cur=NONE, left=0, kt=NONE, kk=0, ends=0, e=0, ri=0, t=0, k=0;
  byte cnt[N];
#ifdef BAR
  byte bf=0;
#endif
#ifdef X2
  byte fan=0, k2t=NONE, k2k=0, end2=0, o2=0, s=0;
  byte b2=0;
#if ORD2==0
  byte l2[N];
  byte paused=0;
#else
  byte rnd=0, cs=0, stash=0, got=0, gb=0;
#endif
#endif
  do
  /* claim */
  :: atomic { cur==NONE && next<=C && (TX1_X2 || !(BUSY)) -> cur=next; next++;
       if :: cur<C -> choose(left,B) :: else -> left=0 fi; ends=ALL;
#ifndef BAR
     }
#else
       bf=2 }
  :: atomic { bf==2 -> if :: req==1 -> req=0; bf=1 :: else -> bf=0 fi }
#endif
  /* parse one more batch, or finish the chunk early */
#ifdef BAR
#define GO (bf!=2)
#else
#define GO 1
#endif
  :: atomic { cur!=NONE && GO && kt==NONE && left>0 && GOT1(w) && (TX1_X2 || !(BUSY)) ->
       GET1(w); left--; pick(t); k=cnt[t]; cnt[t]++;
       if :: nfull(Q1(w,t)) -> Q1(w,t)!cur,k :: full(Q1(w,t)) -> kt=t; kk=k fi; t=0; k=0 }
  /* END to every target, committed order chosen freely */
  :: atomic { cur!=NONE && GO && kt==NONE && left==0 && ends!=0 && (TX1_X2 || !(BUSY)) ->
       pickmask(t,ends); ends=ends & ~(1<<t); k=END+cnt[t]; cnt[t]=0;
#ifdef BAR
       if :: bf==1 -> k=k+BARF :: else fi;
#endif
       if :: nfull(Q1(w,t)) -> Q1(w,t)!cur,k; if :: ends==0 -> cur=NONE
#ifdef BAR
                ; bf=0
#endif
                :: else fi
          :: full(Q1(w,t)) -> kt=t; kk=k fi; t=0; k=0 }
  :: atomic { kt!=NONE && nfull(Q1(w,kt)) && (TX1_X2 || !(BUSY)) -> Q1(w,kt)!cur,kk; kt=NONE; kk=0;
       if :: left==0 && ends==0 -> cur=NONE
#ifdef BAR
             ; bf=0
#endif
          :: else fi }
  /* receive X1, expected number only */
  RX1(0)
  RX1(1)
#if N>2
  RX1(2)
#endif
#ifdef X2
  :: atomic { fan>0 && k2t==NONE && GOT2(w) -> GET2(w); fan--; pick(t);
       if :: nfull(Q2(w,t)) -> Q2(w,t)!o2,0 :: full(Q2(w,t)) -> k2t=t; k2k=0 fi; t=0 }
  :: atomic { fan==0 && k2t==NONE && end2!=0 -> pickmask(t,end2); end2=end2 & ~(1<<t);
       if :: nfull(Q2(w,t)) -> Q2(w,t)!o2,END+b2 :: full(Q2(w,t)) -> k2t=t; k2k=END+b2 fi; t=0;
       if :: end2==0 && k2t==NONE -> b2=0 :: else fi }
  :: atomic { k2t!=NONE && nfull(Q2(w,k2t)) -> Q2(w,k2t)!o2,k2k; k2t=NONE; k2k=0;
       if :: end2==0 && fan==0 -> b2=0 :: else fi }
  RX2(0)
  RX2(1)
#if N>2
  RX2(2)
#endif
  :: atomic { cur==NONE && next>C && e==C+1 && !(BUSY) && ALLDONE2 -> break }
#else
  :: atomic { cur==NONE && next>C && e==C+1 -> break }
#endif
  od;
}
#ifdef BAR
proctype Coord() { req=1 }
#endif
init { atomic {
#if POOL>=2
  pool[0]=P; pool[1]=P; pool[N-1]=P;
#endif
#if POOL==2
  poolb[0]=P; poolb[1]=P; poolb[N-1]=P;
#endif
  run W(0); run W(1);
#if N>2
  run W(2);
#endif
#ifdef BAR
  run Coord();
#endif
  }
  (_nr_pr==1);
#ifdef BAR
  assert(nsnap==0 || nsnap==N);
  assert(req==1 || nsnap==N);
#ifdef X2
  assert(nsnap2==nsnap);
#endif
#endif
}
