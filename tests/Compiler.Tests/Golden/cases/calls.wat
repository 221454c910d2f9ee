;;! inline=0
(module
  (type $binary (func (param i32 i32) (result i32)))
  (import "m" "host" (func $host (param i64) (result f32 f64)))
  (import "m" "table" (table $imported 1 funcref))
  (table $fixed 4 4 funcref)
  (table $growing 4 funcref)
  (elem (table $fixed) (i32.const 0) func $direct)
  (func $direct (param i32) (result i32)
    (call $swap (local.get 0) (i32.const 1)) i32.add)
  (func $swap (param i32 i32) (result i32 i32)
    local.get 1 local.get 0)
  (func $call_import (result f64) (local f64)
    (call $host (i64.const 1))
    local.set 0 f64.promote_f32 local.get 0 f64.add)
  (func $indirect_fixed (param i32) (result i32)
    (call_indirect $fixed (type $binary) (i32.const 1) (i32.const 2) (local.get 0)))
  (func $indirect_growing (param i32) (result i32)
    (call_indirect $growing (type $binary) (i32.const 1) (i32.const 2) (local.get 0)))
  (func $indirect_imported (param i32) (result i32)
    (call_indirect $imported (type $binary) (i32.const 1) (i32.const 2) (local.get 0)))
  (func $by_ref (param (ref null $binary)) (result i32)
    (call_ref $binary (i32.const 1) (i32.const 2) (local.get 0))))

;;; ir
;; function %direct(i64, i32) -> i32 {
;;     sig2 = (i64, i32, i32) -> i32, i32
;;     fn1 = u0:2 sig2
;; block1(v1: i64, v2: i32):
;;     v3 = iconst.i32 1
;;     v4, v5 = call fn1(v1, v2, v3)
;;     v6 = iadd.i32 v4, v5
;;     return v6
;; }
;;
;; function %swap(i64, i32, i32) -> i32, i32 {
;; block1(v1: i64, v2: i32, v3: i32):
;;     return v3, v2
;; }
;;
;; function %call_import(i64) -> f64 {
;;     sig2 = (i64, i64) -> f32, f64
;; block1(v1: i64):
;;     v2 = iconst.i64 1
;;     v3 = load.i64 notrap readonly canmove region1 v1+72
;;     v4 = load.i64 notrap readonly canmove region1 v1+80
;;     v5, v6 = call_indirect sig2, v3(v4, v2)
;;     v7 = fpromote.f64 v5
;;     v8 = fadd.f64 v7, v6
;;     return v8
;; }
;;
;; function %indirect_fixed(i64, i32) -> i32 {
;;     sig2 = (i64, i32, i64) -> i64
;;     sig3 = (i64, i32, i32) -> i32
;; block1(v1: i64, v2: i32):
;;     v3 = iconst.i32 1
;;     v4 = iconst.i32 2
;;     v5 = load.i64 notrap readonly canmove region3 v1+32
;;     v6 = uextend.i64 v2
;;     v7 = iconst.i64 3
;;     v8 = ishl.i64 v6, v7
;;     v9 = iadd.i64 v5, v8
;;     v10 = iconst.i32 4
;;     v11 = spectre_guard.i32 ult v2, v10, v9
;;     v12 = load.i64 trap13 region272 v11
;;     v13 = iconst.i64 1
;;     v14 = icmp.i64 ule v12, v13
;;     brif v14, block2, block3(v12)
;; block2 cold:
;;     v15 = iconst.i32 1
;;     v16 = uextend.i64 v2
;;     v17 = load.i64 notrap readonly canmove region1 v1+16
;;     v18 = load.i64 notrap readonly canmove region7 v17+80
;;     v19 = call_indirect sig2, v18(v1, v15, v16)
;;     v20 = iconst.i64 1
;;     v21 = icmp.i64 eq v19, v20
;;     trapnz v21, 4
;;     jump block3(v19)
;; block3(v22: i64):
;;     v23 = iconst.i64 -1
;;     v24 = iadd.i64 v22, v23
;;     v25 = load.i64 notrap readonly canmove region1 v1+24
;;     v26 = load.i32 notrap readonly canmove region6 v25
;;     v27 = load.i32 notrap readonly region5 v24+16
;;     v28 = icmp.i32 ne v27, v26
;;     trapnz v28, 5
;;     v29 = load.i64 notrap readonly region5 v24
;;     v30 = load.i64 notrap readonly region5 v24+8
;;     v31 = call_indirect sig3, v29(v30, v3, v4)
;;     return v31
;; }
;;
;; function %indirect_growing(i64, i32) -> i32 {
;;     sig2 = (i64, i32, i64) -> i64
;;     sig3 = (i64, i32, i32) -> i32
;; block1(v1: i64, v2: i32):
;;     v3 = iconst.i32 1
;;     v4 = iconst.i32 2
;;     v5 = load.i64 notrap region3 v1+48
;;     v6 = uextend.i64 v2
;;     v7 = iconst.i64 3
;;     v8 = ishl.i64 v6, v7
;;     v9 = iadd.i64 v5, v8
;;     v10 = load.i32 notrap region3 v1+56
;;     v11 = spectre_guard.i32 ult v2, v10, v9
;;     v12 = load.i64 trap13 region273 v11
;;     v13 = iconst.i64 1
;;     v14 = icmp.i64 ule v12, v13
;;     brif v14, block2, block3(v12)
;; block2 cold:
;;     v15 = iconst.i32 2
;;     v16 = uextend.i64 v2
;;     v17 = load.i64 notrap readonly canmove region1 v1+16
;;     v18 = load.i64 notrap readonly canmove region7 v17+80
;;     v19 = call_indirect sig2, v18(v1, v15, v16)
;;     v20 = iconst.i64 1
;;     v21 = icmp.i64 eq v19, v20
;;     trapnz v21, 4
;;     jump block3(v19)
;; block3(v22: i64):
;;     v23 = iconst.i64 -1
;;     v24 = iadd.i64 v22, v23
;;     v25 = load.i64 notrap readonly canmove region1 v1+24
;;     v26 = load.i32 notrap readonly canmove region6 v25
;;     v27 = load.i32 notrap readonly region5 v24+16
;;     v28 = icmp.i32 ne v27, v26
;;     trapnz v28, 5
;;     v29 = load.i64 notrap readonly region5 v24
;;     v30 = load.i64 notrap readonly region5 v24+8
;;     v31 = call_indirect sig3, v29(v30, v3, v4)
;;     return v31
;; }
;;
;; function %indirect_imported(i64, i32) -> i32 {
;;     sig2 = (i64, i32, i64) -> i64
;;     sig3 = (i64, i32, i32) -> i32
;; block1(v1: i64, v2: i32):
;;     v3 = iconst.i32 1
;;     v4 = iconst.i32 2
;;     v5 = load.i64 notrap readonly canmove region1 v1+64
;;     v6 = load.i64 notrap region3 v5
;;     v7 = uextend.i64 v2
;;     v8 = iconst.i64 3
;;     v9 = ishl.i64 v7, v8
;;     v10 = iadd.i64 v6, v9
;;     v11 = load.i64 notrap readonly canmove region1 v1+64
;;     v12 = load.i32 notrap region3 v11+8
;;     v13 = spectre_guard.i32 ult v2, v12, v10
;;     v14 = load.i64 trap13 region10 v13
;;     v15 = iconst.i64 1
;;     v16 = icmp.i64 ule v14, v15
;;     brif v16, block2, block3(v14)
;; block2 cold:
;;     v17 = iconst.i32 0
;;     v18 = uextend.i64 v2
;;     v19 = load.i64 notrap readonly canmove region1 v1+16
;;     v20 = load.i64 notrap readonly canmove region7 v19+80
;;     v21 = call_indirect sig2, v20(v1, v17, v18)
;;     v22 = iconst.i64 1
;;     v23 = icmp.i64 eq v21, v22
;;     trapnz v23, 4
;;     jump block3(v21)
;; block3(v24: i64):
;;     v25 = iconst.i64 -1
;;     v26 = iadd.i64 v24, v25
;;     v27 = load.i64 notrap readonly canmove region1 v1+24
;;     v28 = load.i32 notrap readonly canmove region6 v27
;;     v29 = load.i32 notrap readonly region5 v26+16
;;     v30 = icmp.i32 ne v29, v28
;;     trapnz v30, 5
;;     v31 = load.i64 notrap readonly region5 v26
;;     v32 = load.i64 notrap readonly region5 v26+8
;;     v33 = call_indirect sig3, v31(v32, v3, v4)
;;     return v33
;; }
;;
;; function %by_ref(i64, i64) -> i32 {
;;     sig2 = (i64, i32, i32) -> i32
;; block1(v1: i64, v2: i64):
;;     v3 = iconst.i32 1
;;     v4 = iconst.i32 2
;;     v5 = load.i64 readonly trap18 region5 v2
;;     v6 = load.i64 notrap readonly region5 v2+8
;;     v7 = call_indirect sig2, v5(v6, v3, v4)
;;     return v7
;; }
