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
  (func $call (param i64) (call_indirect $t (type $f) (local.get 0))))

;;; ir
;; function %two_loads(i64, i64) -> i32 {
;; block1(v1: i64, v2: i64):
;;     v3 = load.i64 notrap region4 v1+40
;;     v4 = icmp.i64 uge v2, v3
;;     trapnz v4, 2
;;     v5 = load.i64 notrap readonly canmove region1 v1+32
;;     v6 = iadd.i64 v5, v2
;;     v7 = load.i32 trap2 region16 v6
;;     v8 = load.i64 notrap region4 v1+40
;;     v9 = icmp.i64 uge v2, v8
;;     trapnz v9, 2
;;     v10 = load.i64 notrap readonly canmove region1 v1+32
;;     v11 = iadd.i64 v10, v2
;;     v12 = load.i32 trap2 region16 v11+4
;;     v13 = iadd.i32 v7, v12
;;     return v13
;; }
;;
;; function %far(i64, i64) -> i64 {
;; block1(v1: i64, v2: i64):
;;     v3 = iconst.i64 0x0000000100000008
;;     v4 = load.i64 notrap region4 v1+40
;;     v5 = icmp.i64 ult v4, v3
;;     trapnz v5, 2
;;     v6 = isub.i64 v4, v3
;;     v7 = icmp.i64 ugt v2, v6
;;     trapnz v7, 2
;;     v8 = load.i64 notrap readonly canmove region1 v1+32
;;     v9 = iadd.i64 v8, v2
;;     v10 = iconst.i64 0x0000000100000000
;;     v11 = iadd.i64 v9, v10
;;     v12 = load.i64 trap2 region16 v11
;;     return v12
;; }
;;
;; function %beyond(i64, i64) -> i64 {
;; block1(v1: i64, v2: i64):
;;     v3 = iconst.i32 1
;;     trapnz v3, 2
;;     v4 = load.i64 notrap readonly canmove region1 v1+32
;;     v5 = iadd.i64 v4, v2
;;     v6 = iconst.i64 -1
;;     v7 = iadd.i64 v5, v6
;;     v8 = load.i64 trap2 region16 v7
;;     return v8
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
;;     v3 = load.i64 notrap region3 v1+64
;;     v4 = iconst.i64 3
;;     v5 = ishl.i64 v2, v4
;;     v6 = iadd.i64 v3, v5
;;     v7 = load.i64 notrap region3 v1+72
;;     v8 = icmp.i64 ult v2, v7
;;     v9 = iconst.i64 0
;;     v10 = select.i64 v8, v6, v9
;;     v11 = load.i64 trap3 region272 v10
;;     v12 = iconst.i64 0
;;     v13 = icmp.i64 eq v11, v12
;;     brif v13, block2, block3(v11)
;; block2 cold:
;;     v14 = iconst.i32 0
;;     v15 = load.i64 notrap readonly canmove region1 v1+16
;;     v16 = load.i64 notrap readonly canmove region7 v15+80
;;     v17 = call_indirect sig2, v16(v1, v14, v2)
;;     jump block3(v17)
;; block3(v18: i64):
;;     v19 = iconst.i64 -2
;;     v20 = band.i64 v18, v19
;;     return v20
;; }
;;
;; function %call(i64, i64) {
;;     sig2 = (i64, i32, i64) -> i64
;;     sig3 = (i64)
;; block1(v1: i64, v2: i64):
;;     v3 = load.i64 notrap region3 v1+64
;;     v4 = iconst.i64 3
;;     v5 = ishl.i64 v2, v4
;;     v6 = iadd.i64 v3, v5
;;     v7 = load.i64 notrap region3 v1+72
;;     v8 = icmp.i64 ult v2, v7
;;     v9 = iconst.i64 0
;;     v10 = select.i64 v8, v6, v9
;;     v11 = load.i64 trap13 region272 v10
;;     v12 = iconst.i64 1
;;     v13 = icmp.i64 ule v11, v12
;;     brif v13, block2, block3(v11)
;; block2 cold:
;;     v14 = iconst.i32 0
;;     v15 = load.i64 notrap readonly canmove region1 v1+16
;;     v16 = load.i64 notrap readonly canmove region7 v15+80
;;     v17 = call_indirect sig2, v16(v1, v14, v2)
;;     v18 = iconst.i64 1
;;     v19 = icmp.i64 eq v17, v18
;;     trapnz v19, 4
;;     jump block3(v17)
;; block3(v20: i64):
;;     v21 = iconst.i64 -1
;;     v22 = iadd.i64 v20, v21
;;     v23 = load.i64 notrap readonly canmove region1 v1+24
;;     v24 = load.i32 notrap readonly canmove region6 v23
;;     v25 = load.i32 notrap readonly region5 v22+16
;;     v26 = icmp.i32 ne v25, v24
;;     trapnz v26, 5
;;     v27 = load.i64 notrap readonly region5 v22
;;     v28 = load.i64 notrap readonly region5 v22+8
;;     call_indirect sig3, v27(v28)
;;     return
;; }
