;;! fuel=1, inline=0
(module
  (memory 1)
  (func $straight (param i32) (result i32)
    (i32.add (local.get 0) (i32.const 1)))
  (func $loop (param i32)
    (loop
      (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
      (br_if 0 (local.get 0))))
  (func $call (result i32)
    (drop (call $straight (i32.const 1)))
    (call $straight (i32.const 2)))
  (func $branches (param i32) (result i32)
    (if (result i32) (local.get 0) (then (i32.const 1)) (else (i32.const 2))))
  (func $bulk (param i32) (memory.fill (local.get 0) (i32.const 0) (local.get 0)))
  (func $trap (unreachable)))

;;; ir
;; function %straight(i64, i32) -> i32 {
;; block1(v1: i64, v2: i32):
;;     v3 = load.i64 notrap readonly canmove region1 v1+8
;;     v4 = load.i64 notrap region2 v3
;;     v5 = iconst.i64 0
;;     v6 = icmp.i64 slt v4, v5
;;     trapnz v6, 10
;;     v7 = iconst.i32 1
;;     v8 = iadd.i32 v2, v7
;;     v9 = iconst.i64 -3
;;     v10 = iadd.i64 v4, v9
;;     v11 = load.i64 notrap readonly canmove region1 v1+8
;;     store.i64 notrap region2 v11, v10
;;     return v8
;; }
;;
;; function %loop(i64, i32) {
;; block1(v1: i64, v2: i32):
;;     v3 = load.i64 notrap readonly canmove region1 v1+8
;;     v4 = load.i64 notrap region2 v3
;;     v5 = iconst.i64 0
;;     v6 = icmp.i64 slt v4, v5
;;     trapnz v6, 10
;;     jump block2(v4, v2)
;; block2(v7: i64, v8: i32):
;;     v9 = iconst.i64 0
;;     v10 = icmp.i64 slt v7, v9
;;     brif v10, block3, block4
;; block3 cold:
;;     v11 = load.i64 notrap readonly canmove region1 v1+8
;;     store.i64 notrap region2 v11, v7
;;     trap 10
;; block4:
;;     v12 = iconst.i32 1
;;     v13 = isub.i32 v8, v12
;;     v14 = iconst.i64 -6
;;     v15 = iadd.i64 v7, v14
;;     brif v13, block2(v15, v13), block5
;; block5:
;;     v16 = load.i64 notrap readonly canmove region1 v1+8
;;     store.i64 notrap region2 v16, v15
;;     return
;; }
;;
;; function %call(i64) -> i32 {
;;     sig2 = (i64, i32) -> i32
;;     fn1 = u0:0 sig2
;; block1(v1: i64):
;;     v2 = load.i64 notrap readonly canmove region1 v1+8
;;     v3 = load.i64 notrap region2 v2
;;     v4 = iconst.i64 0
;;     v5 = icmp.i64 slt v3, v4
;;     trapnz v5, 10
;;     v6 = iconst.i32 1
;;     v7 = iconst.i64 -2
;;     v8 = iadd.i64 v3, v7
;;     v9 = load.i64 notrap readonly canmove region1 v1+8
;;     store.i64 notrap region2 v9, v8
;;     v10 = call fn1(v1, v6)
;;     v11 = load.i64 notrap readonly canmove region1 v1+8
;;     v12 = load.i64 notrap region2 v11
;;     v13 = iconst.i32 2
;;     v14 = iconst.i64 -2
;;     v15 = iadd.i64 v12, v14
;;     v16 = load.i64 notrap readonly canmove region1 v1+8
;;     store.i64 notrap region2 v16, v15
;;     v17 = call fn1(v1, v13)
;;     v18 = load.i64 notrap readonly canmove region1 v1+8
;;     v19 = load.i64 notrap region2 v18
;;     return v17
;; }
;;
;; function %branches(i64, i32) -> i32 {
;; block1(v1: i64, v2: i32):
;;     v3 = load.i64 notrap readonly canmove region1 v1+8
;;     v4 = load.i64 notrap region2 v3
;;     v5 = iconst.i64 0
;;     v6 = icmp.i64 slt v4, v5
;;     trapnz v6, 10
;;     v7 = iconst.i64 -2
;;     v8 = iadd.i64 v4, v7
;;     brif v2, block2, block3
;; block2:
;;     v9 = iconst.i32 1
;;     v10 = iconst.i64 -1
;;     v11 = iadd.i64 v8, v10
;;     jump block4(v9, v11)
;; block3:
;;     v12 = iconst.i32 2
;;     v13 = iconst.i64 -1
;;     v14 = iadd.i64 v8, v13
;;     jump block4(v12, v14)
;; block4(v15: i32, v16: i64):
;;     v17 = load.i64 notrap readonly canmove region1 v1+8
;;     store.i64 notrap region2 v17, v16
;;     return v15
;; }
;;
;; function %bulk(i64, i32) {
;;     sig2 = (i64, i64, i64, i32, i64)
;; block1(v1: i64, v2: i32):
;;     v3 = load.i64 notrap readonly canmove region1 v1+8
;;     v4 = load.i64 notrap region2 v3
;;     v5 = iconst.i64 0
;;     v6 = icmp.i64 slt v4, v5
;;     trapnz v6, 10
;;     v7 = iconst.i32 0
;;     v8 = uextend.i64 v2
;;     v9 = uextend.i64 v2
;;     v10 = iconst.i64 -4
;;     v11 = iadd.i64 v4, v10
;;     v12 = iconst.i64 0x4000000000000000
;;     v13 = icmp.i64 ugt v8, v12
;;     v14 = select.i64 v13, v12, v8
;;     v15 = isub.i64 v11, v14
;;     v16 = iconst.i64 0
;;     v17 = icmp.i64 slt v15, v16
;;     brif v17, block2, block3
;; block2 cold:
;;     v18 = load.i64 notrap readonly canmove region1 v1+8
;;     store.i64 notrap region2 v18, v15
;;     trap 10
;; block3:
;;     v19 = iconst.i64 32
;;     v20 = iadd.i64 v1, v19
;;     v21 = load.i64 notrap readonly canmove region1 v1+8
;;     store.i64 notrap region2 v21, v15
;;     v22 = load.i64 notrap readonly canmove region1 v1+16
;;     v23 = load.i64 notrap readonly canmove region7 v22+16
;;     call_indirect sig2, v23(v1, v20, v9, v7, v8)
;;     v24 = load.i64 notrap readonly canmove region1 v1+8
;;     v25 = load.i64 notrap region2 v24
;;     return
;; }
;;
;; function %trap(i64) {
;; block1(v1: i64):
;;     v2 = load.i64 notrap readonly canmove region1 v1+8
;;     v3 = load.i64 notrap region2 v2
;;     v4 = iconst.i64 0
;;     v5 = icmp.i64 slt v3, v4
;;     trapnz v5, 10
;;     trap 1
;; }
