(module
  (type $f (func (param i32) (result i32)))
  (type $g (func))
  (type $h (func (param i64) (result i64)))
  (import "host" "f" (func $host (type $f)))
  (table $constant 7 funcref)
  (elem (table $constant) (i32.const 1) func $increment $host)
  (elem (table $constant) (i32.const 5) func $nothing)
  (table $written 1 funcref)
  (table $exported (export "table") 1 funcref)
  (elem declare func $increment)
  (func $increment (type $f) (i32.add (local.get 0) (i32.const 1)))
  (func $nothing (type $g) unreachable)

  ;; Two targets, one of them inlined, and three ways to trap: beyond the end, null (0, 3 and 4, 6), of another type.
  (func $known (param i32 i32) (result i32)
    (call_indirect $constant (type $f) (local.get 1) (local.get 0)))

  ;; What is called never returns: nor does the call.
  (func $no_return (param i32) (result i32)
    (call_indirect $constant (type $g) (local.get 0))
    (i32.const 1))

  ;; No element is of the type: the ordinary call, which always traps.
  (func $no_target (param i32 i64) (result i64)
    (call_indirect $constant (type $h) (local.get 1) (local.get 0)))

  ;; Tables that may change: the ordinary call.
  (func $write (param i32)
    (table.set $written (local.get 0) (ref.func $increment)))
  (func $through_written (param i32 i32) (result i32)
    (call_indirect $written (type $f) (local.get 1) (local.get 0)))
  (func $through_exported (param i32 i32) (result i32)
    (call_indirect $exported (type $f) (local.get 1) (local.get 0)))
)

;;; ir
;; function %increment(i64, i32) -> i32 {
;; block1(v1: i64, v2: i32):
;;     v3 = iconst.i32 1
;;     v4 = iadd.i32 v2, v3
;;     return v4
;; }
;;
;; function %nothing(i64) {
;; block1(v1: i64):
;;     trap 1
;; }
;;
;; function %known(i64, i32, i32) -> i32 {
;;     sig2 = (i64, i32) -> i32
;; block1(v1: i64, v2: i32, v3: i32):
;;     v4 = iconst.i32 1
;;     v5 = icmp.i32 eq v2, v4
;;     brif v5, block2, block3
;; block2:
;;     v6 = iconst.i32 1
;;     v7 = iadd.i32 v3, v6
;;     jump block6(v7)
;; block3:
;;     v8 = iconst.i32 2
;;     v9 = icmp.i32 eq v2, v8
;;     brif v9, block4, block5
;; block4:
;;     v10 = load.i64 notrap readonly canmove region1 v1+80
;;     v11 = load.i64 notrap readonly canmove region1 v1+88
;;     v12 = call_indirect sig2, v10(v11, v3)
;;     jump block6(v12)
;; block5 cold:
;;     v13 = iconst.i32 7
;;     v14 = icmp.i32 uge v2, v13
;;     trapnz v14, 13
;;     v15 = iconst.i32 0
;;     v16 = icmp.i32 eq v2, v15
;;     trapnz v16, 4
;;     v17 = iconst.i32 -3
;;     v18 = iadd.i32 v2, v17
;;     v19 = iconst.i32 2
;;     v20 = icmp.i32 ult v18, v19
;;     trapnz v20, 4
;;     v21 = iconst.i32 6
;;     v22 = icmp.i32 eq v2, v21
;;     trapnz v22, 4
;;     trap 5
;; block6(v23: i32):
;;     return v23
;; }
;;
;; function %no_return(i64, i32) -> i32 {
;; block1(v1: i64, v2: i32):
;;     v3 = iconst.i32 5
;;     v4 = icmp.i32 eq v2, v3
;;     brif v4, block2, block3
;; block2:
;;     trap 1
;; block3 cold:
;;     v5 = iconst.i32 7
;;     v6 = icmp.i32 uge v2, v5
;;     trapnz v6, 13
;;     v7 = iconst.i32 0
;;     v8 = icmp.i32 eq v2, v7
;;     trapnz v8, 4
;;     v9 = iconst.i32 -3
;;     v10 = iadd.i32 v2, v9
;;     v11 = iconst.i32 2
;;     v12 = icmp.i32 ult v10, v11
;;     trapnz v12, 4
;;     v13 = iconst.i32 6
;;     v14 = icmp.i32 eq v2, v13
;;     trapnz v14, 4
;;     trap 5
;; }
;;
;; function %no_target(i64, i32, i64) -> i64 {
;;     sig2 = (i64, i32, i64) -> i64
;;     sig3 = (i64, i64) -> i64
;; block1(v1: i64, v2: i32, v3: i64):
;;     v4 = load.i64 notrap region3 v1+32
;;     v5 = uextend.i64 v2
;;     v6 = iconst.i64 3
;;     v7 = ishl.i64 v5, v6
;;     v8 = iadd.i64 v4, v7
;;     v9 = load.i32 notrap region3 v1+40
;;     v10 = spectre_guard.i32 ult v2, v9, v8
;;     v11 = load.i64 trap13 region272 v10
;;     v12 = iconst.i64 1
;;     v13 = icmp.i64 ule v11, v12
;;     brif v13, block2, block3(v11)
;; block2 cold:
;;     v14 = iconst.i32 0
;;     v15 = uextend.i64 v2
;;     v16 = load.i64 notrap readonly canmove region1 v1+16
;;     v17 = load.i64 notrap readonly canmove region7 v16+80
;;     v18 = call_indirect sig2, v17(v1, v14, v15)
;;     v19 = iconst.i64 1
;;     v20 = icmp.i64 eq v18, v19
;;     trapnz v20, 4
;;     jump block3(v18)
;; block3(v21: i64):
;;     v22 = iconst.i64 -1
;;     v23 = iadd.i64 v21, v22
;;     v24 = load.i64 notrap readonly canmove region1 v1+24
;;     v25 = load.i32 notrap readonly canmove region6 v24+8
;;     v26 = load.i32 notrap readonly region5 v23+16
;;     v27 = icmp.i32 ne v26, v25
;;     trapnz v27, 5
;;     v28 = load.i64 notrap readonly region5 v23
;;     v29 = load.i64 notrap readonly region5 v23+8
;;     v30 = call_indirect sig3, v28(v29, v3)
;;     return v30
;; }
;;
;; function %write(i64, i32) {
;;     sig2 = (i64, i32) -> i64
;; block1(v1: i64, v2: i32):
;;     v3 = iconst.i64 128
;;     v4 = iadd.i64 v1, v3
;;     v5 = load.i64 notrap region5 v4
;;     v6 = iconst.i64 0
;;     v7 = icmp.i64 eq v5, v6
;;     brif v7, block2, block3(v4)
;; block2 cold:
;;     v8 = iconst.i32 1
;;     v9 = load.i64 notrap readonly canmove region1 v1+16
;;     v10 = load.i64 notrap readonly canmove region7 v9+88
;;     v11 = call_indirect sig2, v10(v1, v8)
;;     jump block3(v11)
;; block3(v12: i64):
;;     v13 = load.i64 notrap region3 v1+48
;;     v14 = uextend.i64 v2
;;     v15 = iconst.i64 3
;;     v16 = ishl.i64 v14, v15
;;     v17 = iadd.i64 v13, v16
;;     v18 = load.i32 notrap region3 v1+56
;;     v19 = spectre_guard.i32 ult v2, v18, v17
;;     v20 = iconst.i64 1
;;     v21 = bor.i64 v12, v20
;;     store.i64 trap3 region273 v19, v21
;;     return
;; }
;;
;; function %through_written(i64, i32, i32) -> i32 {
;;     sig2 = (i64, i32, i64) -> i64
;;     sig3 = (i64, i32) -> i32
;; block1(v1: i64, v2: i32, v3: i32):
;;     v4 = load.i64 notrap region3 v1+48
;;     v5 = uextend.i64 v2
;;     v6 = iconst.i64 3
;;     v7 = ishl.i64 v5, v6
;;     v8 = iadd.i64 v4, v7
;;     v9 = load.i32 notrap region3 v1+56
;;     v10 = spectre_guard.i32 ult v2, v9, v8
;;     v11 = load.i64 trap13 region273 v10
;;     v12 = iconst.i64 1
;;     v13 = icmp.i64 ule v11, v12
;;     brif v13, block2, block3(v11)
;; block2 cold:
;;     v14 = iconst.i32 1
;;     v15 = uextend.i64 v2
;;     v16 = load.i64 notrap readonly canmove region1 v1+16
;;     v17 = load.i64 notrap readonly canmove region7 v16+80
;;     v18 = call_indirect sig2, v17(v1, v14, v15)
;;     v19 = iconst.i64 1
;;     v20 = icmp.i64 eq v18, v19
;;     trapnz v20, 4
;;     jump block3(v18)
;; block3(v21: i64):
;;     v22 = iconst.i64 -1
;;     v23 = iadd.i64 v21, v22
;;     v24 = load.i64 notrap readonly canmove region1 v1+24
;;     v25 = load.i32 notrap readonly canmove region6 v24
;;     v26 = load.i32 notrap readonly region5 v23+16
;;     v27 = icmp.i32 ne v26, v25
;;     trapnz v27, 5
;;     v28 = load.i64 notrap readonly region5 v23
;;     v29 = load.i64 notrap readonly region5 v23+8
;;     v30 = call_indirect sig3, v28(v29, v3)
;;     return v30
;; }
;;
;; function %through_exported(i64, i32, i32) -> i32 {
;;     sig2 = (i64, i32, i64) -> i64
;;     sig3 = (i64, i32) -> i32
;; block1(v1: i64, v2: i32, v3: i32):
;;     v4 = load.i64 notrap region3 v1+64
;;     v5 = uextend.i64 v2
;;     v6 = iconst.i64 3
;;     v7 = ishl.i64 v5, v6
;;     v8 = iadd.i64 v4, v7
;;     v9 = load.i32 notrap region3 v1+72
;;     v10 = spectre_guard.i32 ult v2, v9, v8
;;     v11 = load.i64 trap13 region274 v10
;;     v12 = iconst.i64 1
;;     v13 = icmp.i64 ule v11, v12
;;     brif v13, block2, block3(v11)
;; block2 cold:
;;     v14 = iconst.i32 2
;;     v15 = uextend.i64 v2
;;     v16 = load.i64 notrap readonly canmove region1 v1+16
;;     v17 = load.i64 notrap readonly canmove region7 v16+80
;;     v18 = call_indirect sig2, v17(v1, v14, v15)
;;     v19 = iconst.i64 1
;;     v20 = icmp.i64 eq v18, v19
;;     trapnz v20, 4
;;     jump block3(v18)
;; block3(v21: i64):
;;     v22 = iconst.i64 -1
;;     v23 = iadd.i64 v21, v22
;;     v24 = load.i64 notrap readonly canmove region1 v1+24
;;     v25 = load.i32 notrap readonly canmove region6 v24
;;     v26 = load.i32 notrap readonly region5 v23+16
;;     v27 = icmp.i32 ne v26, v25
;;     trapnz v27, 5
;;     v28 = load.i64 notrap readonly region5 v23
;;     v29 = load.i64 notrap readonly region5 v23+8
;;     v30 = call_indirect sig3, v28(v29, v3)
;;     return v30
;; }
