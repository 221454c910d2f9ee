;;! speculation-safe=0
(module
  (memory i64 1)
  (func $two_loads (param i64) (result i32)
    (i32.add (i32.load (local.get 0)) (i32.load offset=40000 (local.get 0))))
  (func $far (param i64) (result i64) (i64.load offset=0x100000000 (local.get 0))))

;;; ir
;; function %two_loads(i64, i64) -> i32 {
;; block1(v1: i64, v2: i64):
;;     v3 = load.i64 notrap region4 v1+40
;;     v4 = load.i64 notrap region4 v1+32
;;     v5 = iadd.i64 v4, v2
;;     v6 = icmp.i64 uge v2, v3
;;     trapnz v6, 2
;;     v7 = load.i32 trap2 region16 v5
;;     v8 = load.i64 notrap region4 v1+40
;;     v9 = load.i64 notrap region4 v1+32
;;     v10 = iadd.i64 v9, v2
;;     v11 = icmp.i64 uge v2, v8
;;     trapnz v11, 2
;;     v12 = load.i32 trap2 region16 v10+40000
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
;;     v10 = icmp.i64 ugt v2, v9
;;     trapnz v10, 2
;;     v11 = icmp.i64 ult v3, v8
;;     trapnz v11, 2
;;     v12 = load.i64 trap2 region16 v7
;;     return v12
;; }
