(module
  (memory $m i64 1)
  (memory $n 1)
  (table $t i64 2 funcref)
  (type $f (func))
  (func $two_loads (param i64) (result i32)
    (i32.add (i32.load (local.get 0)) (i32.load offset=4 (local.get 0))))
  (func $far (param i64) (result i64) (i64.load offset=0x100000000 (local.get 0)))
  (func $beyond (param i64) (result i64) (i64.load offset=0xffffffffffffffff (local.get 0)))
  (func $size (result i64) (memory.size $m))
  (func $grow (param i64) (result i64) (memory.grow $m (local.get 0)))
  (func $copy_mixed (param i64 i32 i32) (memory.copy $m $n (local.get 0) (local.get 1) (local.get 2)))
  (func $get (param i64) (result funcref) (table.get $t (local.get 0)))
  (func $call (param i64) (call_indirect $t (type $f) (local.get 0)))
  (memory $fixed i64 2 2)
  (func $constant_inside (result i32) (i32.load offset=4 (i64.const 65528)))
  (func $constant_outside (result i32) (i32.load offset=4 (i64.const 65529)))
  (func $fixed_length (param i64) (result i32) (i32.load $fixed (local.get 0)))
  (func $moves_with_growth (param i64) (result i32)
    (i32.load (local.get 0)) (drop (memory.grow (i64.const 1))) (i32.load (local.get 0)) i32.add)
  (func $offset_above_null_page (param i64) (result i32) (i32.load offset=32768 (local.get 0))))

;;; ir
;; function %two_loads(i64, i64) -> i32 {
;; block1(v1: i64, v2: i64):
;;     v3 = load.i64 notrap region4 v1+40
;;     v4 = load.i64 notrap region4 v1+32
;;     v5 = iadd.i64 v4, v2
;;     v6 = spectre_guard.i64 ult v2, v3, v5
;;     v7 = load.i32 trap2 region16 v6
;;     v8 = load.i64 notrap region4 v1+40
;;     v9 = load.i64 notrap region4 v1+32
;;     v10 = iadd.i64 v9, v2
;;     v11 = spectre_guard.i64 ult v2, v8, v10
;;     v12 = load.i32 trap2 region16 v11+4
;;     v13 = iadd.i32 v7, v12
;;     return v13
;; }
;;
;; function %far(i64, i64) -> i64 {
;; block1(v1: i64, v2: i64):
;;     v3 = load.i64 notrap region4 v1+40
;;     v4 = load.i64 notrap region4 v1+32
;;     v5 = iadd.i64 v4, v2
;;     v6 = iconst.i64 0x0000000100000000
;;     v7 = iadd.i64 v5, v6
;;     v8 = iconst.i64 0x0000000100000008
;;     v9 = isub.i64 v3, v8
;;     v10 = spectre_guard.i64 ule v2, v9, v7
;;     v11 = spectre_guard.i64 uge v3, v8, v10
;;     v12 = load.i64 trap2 region16 v11
;;     return v12
;; }
;;
;; function %beyond(i64, i64) -> i64 {
;; block1(v1: i64, v2: i64):
;;     v3 = iconst.i32 1
;;     trapnz v3, 2
;;     v4 = load.i64 trap2 region16 v2
;;     return v4
;; }
;;
;; function %size(i64) -> i64 {
;; block1(v1: i64):
;;     v2 = load.i64 notrap region4 v1+40
;;     v3 = iconst.i64 16
;;     v4 = ushr.i64 v2, v3
;;     return v4
;; }
;;
;; function %grow(i64, i64) -> i64 {
;;     sig2 = (i64, i32, i64) -> i64
;; block1(v1: i64, v2: i64):
;;     v3 = iconst.i32 0
;;     v4 = load.i64 notrap readonly canmove region1 v1+16
;;     v5 = load.i64 notrap readonly canmove region7 v4
;;     v6 = call_indirect sig2, v5(v1, v3, v2)
;;     return v6
;; }
;;
;; function %copy_mixed(i64, i64, i32, i32) {
;;     sig2 = (i64, i64, i64, i64, i64, i64)
;; block1(v1: i64, v2: i64, v3: i32, v4: i32):
;;     v5 = uextend.i64 v4
;;     v6 = uextend.i64 v3
;;     v7 = iconst.i64 32
;;     v8 = iadd.i64 v1, v7
;;     v9 = iconst.i64 48
;;     v10 = iadd.i64 v1, v9
;;     v11 = load.i64 notrap readonly canmove region1 v1+16
;;     v12 = load.i64 notrap readonly canmove region7 v11+8
;;     call_indirect sig2, v12(v1, v8, v10, v2, v6, v5)
;;     return
;; }
;;
;; function %get(i64, i64) -> i64 {
;;     sig2 = (i64, i32, i64) -> i64
;; block1(v1: i64, v2: i64):
;;     v3 = load.i64 notrap region3 v1+80
;;     v4 = iconst.i64 3
;;     v5 = ishl.i64 v2, v4
;;     v6 = iadd.i64 v3, v5
;;     v7 = load.i64 notrap region3 v1+88
;;     v8 = spectre_guard.i64 ult v2, v7, v6
;;     v9 = load.i64 trap3 region272 v8
;;     v10 = iconst.i64 0
;;     v11 = icmp.i64 eq v9, v10
;;     brif v11, block2, block3(v9)
;; block2 cold:
;;     v12 = iconst.i32 0
;;     v13 = load.i64 notrap readonly canmove region1 v1+16
;;     v14 = load.i64 notrap readonly canmove region7 v13+80
;;     v15 = call_indirect sig2, v14(v1, v12, v2)
;;     jump block3(v15)
;; block3(v16: i64):
;;     v17 = iconst.i64 -2
;;     v18 = band.i64 v16, v17
;;     return v18
;; }
;;
;; function %call(i64, i64) {
;;     sig2 = (i64, i32, i64) -> i64
;;     sig3 = (i64)
;; block1(v1: i64, v2: i64):
;;     v3 = load.i64 notrap region3 v1+80
;;     v4 = iconst.i64 3
;;     v5 = ishl.i64 v2, v4
;;     v6 = iadd.i64 v3, v5
;;     v7 = load.i64 notrap region3 v1+88
;;     v8 = spectre_guard.i64 ult v2, v7, v6
;;     v9 = load.i64 trap13 region272 v8
;;     v10 = iconst.i64 1
;;     v11 = icmp.i64 ule v9, v10
;;     brif v11, block2, block3(v9)
;; block2 cold:
;;     v12 = iconst.i32 0
;;     v13 = load.i64 notrap readonly canmove region1 v1+16
;;     v14 = load.i64 notrap readonly canmove region7 v13+80
;;     v15 = call_indirect sig2, v14(v1, v12, v2)
;;     v16 = iconst.i64 1
;;     v17 = icmp.i64 eq v15, v16
;;     trapnz v17, 4
;;     jump block3(v15)
;; block3(v18: i64):
;;     v19 = iconst.i64 -1
;;     v20 = iadd.i64 v18, v19
;;     v21 = load.i64 notrap readonly canmove region1 v1+24
;;     v22 = load.i32 notrap readonly canmove region6 v21
;;     v23 = load.i32 notrap readonly region5 v20+16
;;     v24 = icmp.i32 ne v23, v22
;;     trapnz v24, 5
;;     v25 = load.i64 notrap readonly region5 v20
;;     v26 = load.i64 notrap readonly region5 v20+8
;;     call_indirect sig3, v25(v26)
;;     return
;; }
;;
;; function %constant_inside(i64) -> i32 {
;; block1(v1: i64):
;;     v2 = iconst.i64 65528
;;     v3 = load.i64 notrap region4 v1+32
;;     v4 = iadd.i64 v3, v2
;;     v5 = load.i32 trap2 region16 v4+4
;;     return v5
;; }
;;
;; function %constant_outside(i64) -> i32 {
;; block1(v1: i64):
;;     v2 = iconst.i64 65529
;;     v3 = load.i64 notrap region4 v1+40
;;     v4 = load.i64 notrap region4 v1+32
;;     v5 = iadd.i64 v4, v2
;;     v6 = spectre_guard.i64 ult v2, v3, v5
;;     v7 = load.i32 trap2 region16 v6+4
;;     return v7
;; }
;;
;; function %fixed_length(i64, i64) -> i32 {
;; block1(v1: i64, v2: i64):
;;     v3 = iconst.i64 0x0000000000020000
;;     v4 = load.i64 notrap readonly canmove region1 v1+64
;;     v5 = iadd.i64 v4, v2
;;     v6 = spectre_guard.i64 ult v2, v3, v5
;;     v7 = load.i32 trap2 region18 v6
;;     return v7
;; }
;;
;; function %moves_with_growth(i64, i64) -> i32 {
;;     sig2 = (i64, i32, i64) -> i64
;; block1(v1: i64, v2: i64):
;;     v3 = load.i64 notrap region4 v1+40
;;     v4 = load.i64 notrap region4 v1+32
;;     v5 = iadd.i64 v4, v2
;;     v6 = spectre_guard.i64 ult v2, v3, v5
;;     v7 = load.i32 trap2 region16 v6
;;     v8 = iconst.i64 1
;;     v9 = iconst.i32 0
;;     v10 = load.i64 notrap readonly canmove region1 v1+16
;;     v11 = load.i64 notrap readonly canmove region7 v10
;;     v12 = call_indirect sig2, v11(v1, v9, v8)
;;     v13 = load.i64 notrap region4 v1+40
;;     v14 = load.i64 notrap region4 v1+32
;;     v15 = iadd.i64 v14, v2
;;     v16 = spectre_guard.i64 ult v2, v13, v15
;;     v17 = load.i32 trap2 region16 v16
;;     v18 = iadd.i32 v7, v17
;;     return v18
;; }
;;
;; function %offset_above_null_page(i64, i64) -> i32 {
;; block1(v1: i64, v2: i64):
;;     v3 = load.i64 notrap region4 v1+40
;;     v4 = load.i64 notrap region4 v1+32
;;     v5 = iadd.i64 v4, v2
;;     v6 = iconst.i64 32768
;;     v7 = iadd.i64 v5, v6
;;     v8 = spectre_guard.i64 ult v2, v3, v7
;;     v9 = load.i32 trap2 region16 v8
;;     return v9
;; }
