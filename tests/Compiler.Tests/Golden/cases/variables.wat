(module
  (import "m" "i" (global $imported i32))
  (import "m" "j" (global $shared (mut i64)))
  (global $constant i32 (i32.const 42))
  (global $computed i32 (global.get $imported))
  (global $state (mut f64) (f64.const 1))
  (func $get (result i32)
    (i32.add (global.get $imported) (i32.add (global.get $constant) (global.get $computed))))
  (func $set (param f64 i64)
    (global.set $state (f64.add (global.get $state) (local.get 0)))
    (global.set $shared (local.get 1)))
  (func $locals (param i32) (result i64) (local i64 i32)
    (local.set 2 (local.tee 0 (i32.const 3)))
    (i64.add (local.get 1) (i64.extend_i32_u (i32.add (local.get 0) (local.get 2))))))

;;; ir
;; function %get(i64) -> i32 {
;; block1(v1: i64):
;;     v2 = load.i64 notrap readonly canmove region1 v1+32
;;     v3 = load.i32 notrap readonly canmove region11 v2
;;     v4 = iconst.i32 42
;;     v5 = load.i32 notrap readonly canmove region1297 v1+64
;;     v6 = iadd.i32 v4, v5
;;     v7 = iadd.i32 v3, v6
;;     return v7
;; }
;;
;; function %set(i64, f64, i64) {
;; block1(v1: i64, v2: f64, v3: i64):
;;     v4 = load.f64 notrap region1298 v1+80
;;     v5 = fadd.f64 v4, v2
;;     store.f64 notrap region1298 v1+80, v5
;;     v6 = load.i64 notrap readonly canmove region1 v1+40
;;     store.i64 notrap region11 v6, v3
;;     return
;; }
;;
;; function %locals(i64, i32) -> i64 {
;; block1(v1: i64, v2: i32):
;;     v3 = iconst.i64 0
;;     v4 = iconst.i32 3
;;     v5 = iadd.i32 v4, v4
;;     v6 = uextend.i64 v5
;;     v7 = iadd.i64 v3, v6
;;     return v7
;; }
