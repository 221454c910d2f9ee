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
;;     sig2 = (i64, i32, i32) -> i32
;; block1(v1: i64, v2: i32):
;;     v3 = iconst.i32 1
;;     v4 = iconst.i32 2
;;     v5 = iconst.i32 4
;;     v6 = icmp.i32 uge v2, v5
;;     trapnz v6, 13
;;     v7 = load.i64 notrap readonly canmove region3 v1+32
;;     v8 = uextend.i64 v2
;;     v9 = iconst.i64 3
;;     v10 = ishl.i64 v8, v9
;;     v11 = iadd.i64 v7, v10
;;     v12 = load.i64 notrap region272 v11
;;     v13 = iconst.i64 0
;;     v14 = icmp.i64 eq v12, v13
;;     trapnz v14, 4
;;     v15 = load.i64 notrap readonly canmove region1 v1+24
;;     v16 = load.i32 notrap readonly canmove region6 v15
;;     v17 = load.i32 notrap readonly region5 v12+16
;;     v18 = icmp.i32 ne v17, v16
;;     trapnz v18, 5
;;     v19 = load.i64 notrap readonly region5 v12
;;     v20 = load.i64 notrap readonly region5 v12+8
;;     v21 = call_indirect sig2, v19(v20, v3, v4)
;;     return v21
;; }
;;
;; function %indirect_growing(i64, i32) -> i32 {
;;     sig2 = (i64, i32, i32) -> i32
;; block1(v1: i64, v2: i32):
;;     v3 = iconst.i32 1
;;     v4 = iconst.i32 2
;;     v5 = load.i32 notrap region3 v1+56
;;     v6 = icmp.i32 uge v2, v5
;;     trapnz v6, 13
;;     v7 = load.i64 notrap region3 v1+48
;;     v8 = uextend.i64 v2
;;     v9 = iconst.i64 3
;;     v10 = ishl.i64 v8, v9
;;     v11 = iadd.i64 v7, v10
;;     v12 = load.i64 notrap region273 v11
;;     v13 = iconst.i64 0
;;     v14 = icmp.i64 eq v12, v13
;;     trapnz v14, 4
;;     v15 = load.i64 notrap readonly canmove region1 v1+24
;;     v16 = load.i32 notrap readonly canmove region6 v15
;;     v17 = load.i32 notrap readonly region5 v12+16
;;     v18 = icmp.i32 ne v17, v16
;;     trapnz v18, 5
;;     v19 = load.i64 notrap readonly region5 v12
;;     v20 = load.i64 notrap readonly region5 v12+8
;;     v21 = call_indirect sig2, v19(v20, v3, v4)
;;     return v21
;; }
;;
;; function %indirect_imported(i64, i32) -> i32 {
;;     sig2 = (i64, i32, i32) -> i32
;; block1(v1: i64, v2: i32):
;;     v3 = iconst.i32 1
;;     v4 = iconst.i32 2
;;     v5 = load.i64 notrap readonly canmove region1 v1+64
;;     v6 = load.i32 notrap region3 v5+8
;;     v7 = icmp.i32 uge v2, v6
;;     trapnz v7, 13
;;     v8 = load.i64 notrap readonly canmove region1 v1+64
;;     v9 = load.i64 notrap region3 v8
;;     v10 = uextend.i64 v2
;;     v11 = iconst.i64 3
;;     v12 = ishl.i64 v10, v11
;;     v13 = iadd.i64 v9, v12
;;     v14 = load.i64 notrap region10 v13
;;     v15 = iconst.i64 0
;;     v16 = icmp.i64 eq v14, v15
;;     trapnz v16, 4
;;     v17 = load.i64 notrap readonly canmove region1 v1+24
;;     v18 = load.i32 notrap readonly canmove region6 v17
;;     v19 = load.i32 notrap readonly region5 v14+16
;;     v20 = icmp.i32 ne v19, v18
;;     trapnz v20, 5
;;     v21 = load.i64 notrap readonly region5 v14
;;     v22 = load.i64 notrap readonly region5 v14+8
;;     v23 = call_indirect sig2, v21(v22, v3, v4)
;;     return v23
;; }
;;
;; function %by_ref(i64, i64) -> i32 {
;;     sig2 = (i64, i32, i32) -> i32
;; block1(v1: i64, v2: i64):
;;     v3 = iconst.i32 1
;;     v4 = iconst.i32 2
;;     v5 = iconst.i64 0
;;     v6 = icmp.i64 eq v2, v5
;;     trapnz v6, 18
;;     v7 = load.i64 notrap readonly region5 v2
;;     v8 = load.i64 notrap readonly region5 v2+8
;;     v9 = call_indirect sig2, v7(v8, v3, v4)
;;     return v9
;; }
