(module
  (func $f (param i32 i64) (result i64)
    (block $a (result i64)
      (block $b (result i64)
        (br_table $a $b $a $b $a (local.get 1) (local.get 0)))
      (i64.const 1)
      (i64.add))))

;;; ir
;; function %f(i64, i32, i64) -> i64 {
;; block1(v1: i64, v2: i32, v3: i64):
;;     br_table v2, [block2, block3, block2, block3], block2
;; block2:
;;     jump block5(v3)
;; block3:
;;     jump block4(v3)
;; block4(v4: i64):
;;     v5 = iconst.i64 1
;;     v6 = iadd.i64 v4, v5
;;     jump block5(v6)
;; block5(v7: i64):
;;     return v7
;; }
