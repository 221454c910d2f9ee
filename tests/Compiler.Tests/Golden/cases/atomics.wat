;; Shared memories: a defined one is reached through a pointer, its length may change at any time. Alignment is checked
;; before the access.
(module
  (import "m" "imported" (memory $imported 1 2 shared))
  (memory $defined 1 2 shared)
  (memory $alone i64 1)

  (func $load (param i32) (result i32)
    (i32.atomic.load (local.get 0)))

  (func $unaligned_offset (param i32) (result i64)
    (i64.atomic.load offset=4 (local.get 0)))

  (func $byte (param i32 i32)
    (i32.atomic.store8 $defined offset=3 (local.get 0) (local.get 1)))

  (func $rmw (param i32 i64) (result i64)
    (i64.atomic.rmw32.sub_u $defined (local.get 0) (local.get 1)))

  (func $cas (param i64 i32 i32) (result i32)
    (i32.atomic.rmw16.cmpxchg_u $alone (local.get 0) (local.get 1) (local.get 2)))

  (func $size (result i32)
    (i32.add (memory.size $defined) (memory.size $defined)))

  (func $wait (param i32 i32 i64) (result i32)
    (memory.atomic.wait32 offset=8 (local.get 0) (local.get 1) (local.get 2)))

  (func $notify (param i64 i32) (result i32)
    (memory.atomic.notify $alone offset=8 (local.get 0) (local.get 1)))

  (func $fence
    (atomic.fence)))

;;; ir
;; function %load(i64, i32) -> i32 {
;; block1(v1: i64, v2: i32):
;;     v3 = uextend.i64 v2
;;     v4 = iconst.i64 3
;;     v5 = band.i64 v3, v4
;;     v6 = ireduce.i32 v5
;;     trapnz v6, 14
;;     v7 = load.i64 notrap readonly canmove region1 v1+64
;;     v8 = load.i64 notrap readonly canmove region1 v7
;;     v9 = iadd.i64 v8, v3
;;     v10 = atomic_load.i32 trap2 region9 v9
;;     return v10
;; }
;;
;; function %unaligned_offset(i64, i32) -> i64 {
;; block1(v1: i64, v2: i32):
;;     v3 = uextend.i64 v2
;;     v4 = iconst.i64 4
;;     v5 = iadd.i64 v3, v4
;;     v6 = iconst.i64 7
;;     v7 = band.i64 v5, v6
;;     v8 = ireduce.i32 v7
;;     trapnz v8, 14
;;     v9 = load.i64 notrap readonly canmove region1 v1+64
;;     v10 = load.i64 notrap readonly canmove region1 v9
;;     v11 = iadd.i64 v10, v3
;;     v12 = atomic_load.i64 trap2 region9 v11+4
;;     return v12
;; }
;;
;; function %byte(i64, i32, i32) {
;; block1(v1: i64, v2: i32, v3: i32):
;;     v4 = uextend.i64 v2
;;     v5 = load.i64 notrap readonly canmove region1 v1+32
;;     v6 = load.i64 notrap readonly canmove region1 v5
;;     v7 = iadd.i64 v6, v4
;;     atomic_istore8.i32 trap2 region16 v7+3, v3
;;     return
;; }
;;
;; function %rmw(i64, i32, i64) -> i64 {
;; block1(v1: i64, v2: i32, v3: i64):
;;     v4 = uextend.i64 v2
;;     v5 = iconst.i64 3
;;     v6 = band.i64 v4, v5
;;     v7 = ireduce.i32 v6
;;     trapnz v7, 14
;;     v8 = load.i64 notrap readonly canmove region1 v1+32
;;     v9 = load.i64 notrap readonly canmove region1 v8
;;     v10 = iadd.i64 v9, v4
;;     v11 = atomic_rmw32.i64 sub trap2 region16 v10, v3
;;     return v11
;; }
;;
;; function %cas(i64, i64, i32, i32) -> i32 {
;; block1(v1: i64, v2: i64, v3: i32, v4: i32):
;;     v5 = iconst.i64 1
;;     v6 = band.i64 v2, v5
;;     v7 = ireduce.i32 v6
;;     trapnz v7, 14
;;     v8 = load.i64 notrap region4 v1+56
;;     v9 = load.i64 notrap region4 v1+48
;;     v10 = iadd.i64 v9, v2
;;     v11 = spectre_guard.i64 ult v2, v8, v10
;;     v12 = atomic_cas16.i32 trap2 region17 v11, v3, v4
;;     return v12
;; }
;;
;; function %size(i64) -> i32 {
;; block1(v1: i64):
;;     v2 = load.i64 notrap readonly canmove region1 v1+32
;;     v3 = load.i64 notrap volatile region4 v2+8
;;     v4 = iconst.i64 16
;;     v5 = ushr.i64 v3, v4
;;     v6 = ireduce.i32 v5
;;     v7 = load.i64 notrap readonly canmove region1 v1+32
;;     v8 = load.i64 notrap volatile region4 v7+8
;;     v9 = iconst.i64 16
;;     v10 = ushr.i64 v8, v9
;;     v11 = ireduce.i32 v10
;;     v12 = iadd.i32 v6, v11
;;     return v12
;; }
;;
;; function %wait(i64, i32, i32, i64) -> i32 {
;;     sig2 = (i64, i32, i64, i32, i64) -> i64
;; block1(v1: i64, v2: i32, v3: i32, v4: i64):
;;     v5 = uextend.i64 v2
;;     v6 = iconst.i64 8
;;     v7 = iadd.i64 v5, v6
;;     v8 = iconst.i32 0
;;     v9 = load.i64 notrap readonly canmove region1 v1+16
;;     v10 = load.i64 notrap readonly canmove region7 v9+112
;;     v11 = call_indirect sig2, v10(v1, v8, v7, v3, v4)
;;     v12 = ireduce.i32 v11
;;     return v12
;; }
;;
;; function %notify(i64, i64, i32) -> i32 {
;;     sig2 = (i64, i32, i64, i32) -> i64
;; block1(v1: i64, v2: i64, v3: i32):
;;     v4 = iconst.i64 8
;;     v5 = iadd.i64 v2, v4
;;     v6 = icmp.i64 ult v5, v2
;;     trapnz v6, 2
;;     v7 = iconst.i32 2
;;     v8 = load.i64 notrap readonly canmove region1 v1+16
;;     v9 = load.i64 notrap readonly canmove region7 v8+104
;;     v10 = call_indirect sig2, v9(v1, v7, v5, v3)
;;     v11 = ireduce.i32 v10
;;     return v11
;; }
;;
;; function %fence(i64) {
;; block1(v1: i64):
;;     fence
;;     return
;; }
