(module
  (type $f (func (param i32) (result i32)))
  (type $open (sub (func (param i32) (result i32))))
  (import "m" "host" (func $host (type $f)))
  (table $any 4 4 funcref)
  (table $typed 4 4 (ref null $f))
  (func $direct (type $f) (return_call $indirect (local.get 0)))
  (func $import (type $f) (return_call $host (local.get 0)))
  (func $indirect (type $f) (return_call_indirect $any (type $f) (i32.const 1) (local.get 0)))
  (func $typed_table (type $f) (return_call_indirect $typed (type $f) (i32.const 1) (local.get 0)))
  (func $open_type (type $f) (call_indirect $any (type $open) (i32.const 1) (local.get 0)))
  (func $by_ref (param (ref $f)) (result i32) (return_call_ref $f (i32.const 1) (local.get 0))))

;;; ir
;; function %direct(i64, i32) -> i32 {
;;     fn1 = u0:3 self
;; block1(v1: i64, v2: i32):
;;     return_call fn1(v1, v2)
;; }
;;
;; function %import(i64, i32) -> i32 {
;; block1(v1: i64, v2: i32):
;;     v3 = load.i64 notrap readonly canmove region1 v1+64
;;     v4 = load.i64 notrap readonly canmove region1 v1+72
;;     return_call_indirect self, v3(v4, v2)
;; }
;;
;; function %indirect(i64, i32) -> i32 {
;;     sig2 = (i64, i32, i64) -> i64
;; block1(v1: i64, v2: i32):
;;     v3 = iconst.i32 1
;;     v4 = load.i64 notrap readonly canmove region3 v1+32
;;     v5 = uextend.i64 v2
;;     v6 = iconst.i64 3
;;     v7 = ishl.i64 v5, v6
;;     v8 = iadd.i64 v4, v7
;;     v9 = iconst.i32 4
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
;;     v25 = load.i32 notrap readonly canmove region6 v24
;;     v26 = load.i32 notrap readonly region5 v23+16
;;     v27 = icmp.i32 ne v26, v25
;;     trapnz v27, 5
;;     v28 = load.i64 notrap readonly region5 v23
;;     v29 = load.i64 notrap readonly region5 v23+8
;;     return_call_indirect self, v28(v29, v3)
;; }
;;
;; function %typed_table(i64, i32) -> i32 {
;;     sig2 = (i64, i32, i64) -> i64
;; block1(v1: i64, v2: i32):
;;     v3 = iconst.i32 1
;;     v4 = load.i64 notrap readonly canmove region3 v1+48
;;     v5 = uextend.i64 v2
;;     v6 = iconst.i64 3
;;     v7 = ishl.i64 v5, v6
;;     v8 = iadd.i64 v4, v7
;;     v9 = iconst.i32 4
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
;;     v24 = load.i64 notrap readonly region5 v23
;;     v25 = load.i64 notrap readonly region5 v23+8
;;     return_call_indirect self, v24(v25, v3)
;; }
;;
;; function %open_type(i64, i32) -> i32 {
;;     sig2 = (i64, i32, i64) -> i64
;;     sig3 = (i64, i32, i32) -> i64
;;     sig4 = (i64, i32) -> i32
;; block1(v1: i64, v2: i32):
;;     v3 = iconst.i32 1
;;     v4 = load.i64 notrap readonly canmove region3 v1+32
;;     v5 = uextend.i64 v2
;;     v6 = iconst.i64 3
;;     v7 = ishl.i64 v5, v6
;;     v8 = iadd.i64 v4, v7
;;     v9 = iconst.i32 4
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
;;     v25 = load.i32 notrap readonly canmove region6 v24+4
;;     v26 = load.i32 notrap readonly region5 v23+16
;;     v27 = icmp.i32 ne v26, v25
;;     brif v27, block4, block5
;; block4 cold:
;;     v28 = load.i64 notrap readonly canmove region1 v1+16
;;     v29 = load.i64 notrap readonly canmove region7 v28+96
;;     v30 = call_indirect sig3, v29(v1, v26, v25)
;;     v31 = ireduce.i32 v30
;;     trapz v31, 5
;;     jump block5
;; block5:
;;     v32 = load.i64 notrap readonly region5 v23
;;     v33 = load.i64 notrap readonly region5 v23+8
;;     v34 = call_indirect sig4, v32(v33, v3)
;;     return v34
;; }
;;
;; function %by_ref(i64, i64) -> i32 {
;;     sig2 = (i64, i32) -> i32
;; block1(v1: i64, v2: i64):
;;     v3 = iconst.i32 1
;;     v4 = load.i64 readonly trap18 region5 v2
;;     v5 = load.i64 notrap readonly region5 v2+8
;;     return_call_indirect sig2, v4(v5, v3)
;; }
