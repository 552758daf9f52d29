/* Parking: a worker without work announces that it sleeps, looks once more, then sleeps; whoever pushes to or pops from its rings wakes it.
   Checked exhaustively: nobody sleeps while there is work. (engine/runtime/parking.h)

   spin: -DN=2 -DC=3 -DB=2 -DCAP=1

   Without the second look, and without waking on a pop, a worker sleeps for ever:
   spin-fails: -DN=2 -DC=3 -DB=2 -DCAP=1 -DRESCAN=0
   spin-fails: -DN=2 -DC=3 -DB=2 -DCAP=1 -DWPOP=0
*/
#ifndef N
#define N 2
#endif
#ifndef C
#define C 3
#endif
#ifndef B
#define B 2
#endif
#ifndef CAP
#define CAP 1
#endif
#ifndef WPOP
#define WPOP 1
#endif
#ifndef RESCAN
#define RESCAN 1
#endif
#ifndef WEMPTY
#define WEMPTY 0
#endif
#ifndef WFULLONLY
#define WFULLONLY 0
#endif
#define NONE 255
#define ALL ((1<<N)-1)
#define END 64
#define Q(s,t) q[(s)*N+(t)]
chan q[N*N] = [CAP] of { byte, byte };
byte next=0; bit parked[N];
inline pick(t) { if :: t=0 :: t=1 fi }
inline choose(v,max) { v=0; do :: v<max -> v++ :: break od }
inline pushed(x) { armed=0; wk=x }
#define NOTE(x) if :: (!WEMPTY || len(Q(w,x))==1) -> wk=x :: else fi
#define RX(s) :: atomic { wk==NONE && Q(s,w)?[eval(e),_] -> f=full(Q(s,w)); Q(s,w)?_,k; armed=0; parked[w]=0; \
   if :: WPOP && (!WFULLONLY || f) -> wk=s :: else fi; f=0; \
   if :: k<END -> assert(k==ri); ri++ :: else -> assert((k&63)==ri); ri=0; e++ fi; k=0 }
proctype W(byte w) {
  byte cur=NONE,left=0,kt=NONE,kk=0,ends=0,e=0,ri=0,t=0,k=0,wk=NONE; byte cnt[N]; bit armed=0,f=0;
  do
  :: atomic { wk!=NONE -> parked[wk]=0; wk=NONE }     /* the wake-up is a later, separate step */
  :: atomic { wk==NONE && cur==NONE && next<=C -> cur=next; next++; armed=0; parked[w]=0;
       if :: cur<C -> choose(left,B) :: else -> left=0 fi; ends=ALL }
  :: atomic { wk==NONE && cur!=NONE && kt==NONE && left>0 -> armed=0; parked[w]=0; left--; pick(t); k=cnt[t]; cnt[t]++;
       if :: nfull(Q(w,t)) -> Q(w,t)!cur,k; NOTE(t) :: full(Q(w,t)) -> kt=t; kk=k fi; t=0;k=0 }
  :: atomic { wk==NONE && cur!=NONE && kt==NONE && left==0 && ends!=0 -> armed=0; parked[w]=0;
       if :: (ends&1) -> t=0 :: (ends&2) -> t=1 fi; ends=ends&~(1<<t); k=END+cnt[t]; cnt[t]=0;
       if :: nfull(Q(w,t)) -> Q(w,t)!cur,k; NOTE(t); if :: ends==0 -> cur=NONE :: else fi :: full(Q(w,t)) -> kt=t; kk=k fi; t=0;k=0 }
  :: atomic { wk==NONE && kt!=NONE && nfull(Q(w,kt)) -> armed=0; parked[w]=0; t=kt; Q(w,t)!cur,kk; NOTE(t); kt=NONE; kk=0; t=0;
       if :: left==0 && ends==0 -> cur=NONE :: else fi }
  RX(0)
  RX(1)
  :: atomic { wk==NONE && cur==NONE && next>C && e==C+1 -> break }
  :: else -> if :: atomic { (RESCAN && !armed) -> parked[w]=1; armed=1 }      /* announce, then look again */
                :: atomic { (!RESCAN && !armed) -> armed=1 }          /* decided to sleep */
                :: atomic { (armed && !RESCAN) -> parked[w]=1; armed=0 }; (parked[w]==0)
                :: atomic { (armed && RESCAN) -> armed=0 }; (parked[w]==0)
             fi
  od
}
init { atomic { run W(0); run W(1) } }
