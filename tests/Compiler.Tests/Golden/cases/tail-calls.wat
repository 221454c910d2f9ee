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
;;     v10 = icmp.i32 ult v2, v9
;;     v11 = iconst.i64 0
;;     v12 = select.i64 v10, v8, v11
;;     v13 = load.i64 trap13 region272 v12
;;     v14 = iconst.i64 1
;;     v15 = icmp.i64 ule v13, v14
;;     brif v15, block2, block3(v13)
;; block2 cold:
;;     v16 = iconst.i32 0
;;     v17 = uextend.i64 v2
;;     v18 = load.i64 notrap readonly canmove region1 v1+16
;;     v19 = load.i64 notrap readonly canmove region7 v18+80
;;     v20 = call_indirect sig2, v19(v1, v16, v17)
;;     v21 = iconst.i64 1
;;     v22 = icmp.i64 eq v20, v21
;;     trapnz v22, 4
;;     jump block3(v20)
;; block3(v23: i64):
;;     v24 = iconst.i64 -1
;;     v25 = iadd.i64 v23, v24
;;     v26 = load.i64 notrap readonly canmove region1 v1+24
;;     v27 = load.i32 notrap readonly canmove region6 v26
;;     v28 = load.i32 notrap readonly region5 v25+16
;;     v29 = icmp.i32 ne v28, v27
;;     trapnz v29, 5
;;     v30 = load.i64 notrap readonly region5 v25
;;     v31 = load.i64 notrap readonly region5 v25+8
;;     return_call_indirect self, v30(v31, v3)
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
;;     v10 = icmp.i32 ult v2, v9
;;     v11 = iconst.i64 0
;;     v12 = select.i64 v10, v8, v11
;;     v13 = load.i64 trap13 region273 v12
;;     v14 = iconst.i64 1
;;     v15 = icmp.i64 ule v13, v14
;;     brif v15, block2, block3(v13)
;; block2 cold:
;;     v16 = iconst.i32 1
;;     v17 = uextend.i64 v2
;;     v18 = load.i64 notrap readonly canmove region1 v1+16
;;     v19 = load.i64 notrap readonly canmove region7 v18+80
;;     v20 = call_indirect sig2, v19(v1, v16, v17)
;;     v21 = iconst.i64 1
;;     v22 = icmp.i64 eq v20, v21
;;     trapnz v22, 4
;;     jump block3(v20)
;; block3(v23: i64):
;;     v24 = iconst.i64 -1
;;     v25 = iadd.i64 v23, v24
;;     v26 = load.i64 notrap readonly region5 v25
;;     v27 = load.i64 notrap readonly region5 v25+8
;;     return_call_indirect self, v26(v27, v3)
;; }
;;
;; function %open_type(i64, i32) -> i32 {
;;     sig2 = (i64, i32, i64) -> i64
;;     sig3 = (i64, i32, i32) -> i32
;;     sig4 = (i64, i32) -> i32
;; block1(v1: i64, v2: i32):
;;     v3 = iconst.i32 1
;;     v4 = load.i64 notrap readonly canmove region3 v1+32
;;     v5 = uextend.i64 v2
;;     v6 = iconst.i64 3
;;     v7 = ishl.i64 v5, v6
;;     v8 = iadd.i64 v4, v7
;;     v9 = iconst.i32 4
;;     v10 = icmp.i32 ult v2, v9
;;     v11 = iconst.i64 0
;;     v12 = select.i64 v10, v8, v11
;;     v13 = load.i64 trap13 region272 v12
;;     v14 = iconst.i64 1
;;     v15 = icmp.i64 ule v13, v14
;;     brif v15, block2, block3(v13)
;; block2 cold:
;;     v16 = iconst.i32 0
;;     v17 = uextend.i64 v2
;;     v18 = load.i64 notrap readonly canmove region1 v1+16
;;     v19 = load.i64 notrap readonly canmove region7 v18+80
;;     v20 = call_indirect sig2, v19(v1, v16, v17)
;;     v21 = iconst.i64 1
;;     v22 = icmp.i64 eq v20, v21
;;     trapnz v22, 4
;;     jump block3(v20)
;; block3(v23: i64):
;;     v24 = iconst.i64 -1
;;     v25 = iadd.i64 v23, v24
;;     v26 = load.i64 notrap readonly canmove region1 v1+24
;;     v27 = load.i32 notrap readonly canmove region6 v26+4
;;     v28 = load.i32 notrap readonly region5 v25+16
;;     v29 = icmp.i32 ne v28, v27
;;     brif v29, block4, block5
;; block4 cold:
;;     v30 = load.i64 notrap readonly canmove region1 v1+16
;;     v31 = load.i64 notrap readonly canmove region7 v30+96
;;     v32 = call_indirect sig3, v31(v1, v28, v27)
;;     trapz v32, 5
;;     jump block5
;; block5:
;;     v33 = load.i64 notrap readonly region5 v25
;;     v34 = load.i64 notrap readonly region5 v25+8
;;     v35 = call_indirect sig4, v33(v34, v3)
;;     return v35
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
