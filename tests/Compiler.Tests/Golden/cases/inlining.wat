(module
  (func $add (param i32 i32) (result i32)
    (i32.add (local.get 0) (local.get 1)))

  ;; Small bodies go into their callers, and those into theirs.
  (func $twice (param i32) (result i32)
    (call $add (local.get 0) (local.get 0)))
  (func $nested (param i32) (result i32)
    (call $add (call $twice (local.get 0)) (i32.const 1)))

  ;; A return and a branch to the body's own label lead behind the call; locals are zero each time.
  (func $early (param i32) (result i32) (local i32)
    (drop (br_if 0 (i32.const 7) (local.get 0)))
    (if (local.get 1) (then (return (i32.const 8))))
    (local.set 1 (i32.const 3))
    (local.get 1))
  (func $in_loop (param i32) (result i32)
    (loop
      (br_if 0 (call $early (local.get 0))))
    (call $early (i32.const 0)))

  ;; What never returns: the rest of the caller is not reached.
  (func $fail unreachable)
  (func $after (result i32)
    (call $fail)
    (i32.const 1))

  ;; Several results.
  (func $swap (param i32 i64) (result i64 i32)
    local.get 1 local.get 0)
  (func $swapped (param i32 i64) (result i64 i32)
    (call $swap (local.get 0) (local.get 1)))

  ;; A circle of two stays as it is; a small function goes into itself.
  (func $even (param i32) (result i32)
    (if (result i32) (local.get 0) (then (call $odd (i32.sub (local.get 0) (i32.const 1)))) (else (i32.const 1))))
  (func $odd (param i32) (result i32)
    (if (result i32) (local.get 0) (then (call $even (i32.sub (local.get 0) (i32.const 1)))) (else (i32.const 0))))
  (func $sum (param i32) (result i32)
    (if (result i32) (local.get 0)
      (then (i32.add (local.get 0) (call $sum (i32.sub (local.get 0) (i32.const 1)))))
      (else (i32.const 0))))
)

;;; ir
;; function %add(i64, i32, i32) -> i32 {
;; block1(v1: i64, v2: i32, v3: i32):
;;     v4 = iadd.i32 v2, v3
;;     return v4
;; }
;;
;; function %twice(i64, i32) -> i32 {
;; block1(v1: i64, v2: i32):
;;     v3 = iadd.i32 v2, v2
;;     return v3
;; }
;;
;; function %nested(i64, i32) -> i32 {
;; block1(v1: i64, v2: i32):
;;     v3 = iadd.i32 v2, v2
;;     v4 = iconst.i32 1
;;     v5 = iadd.i32 v3, v4
;;     return v5
;; }
;;
;; function %early(i64, i32) -> i32 {
;; block1(v1: i64, v2: i32):
;;     v3 = iconst.i32 0
;;     v4 = iconst.i32 7
;;     brif v2, block6(v4), block2
;; block2:
;;     brif v3, block3, block4
;; block3:
;;     v5 = iconst.i32 8
;;     return v5
;; block4:
;;     jump block5
;; block5:
;;     v6 = iconst.i32 3
;;     jump block6(v6)
;; block6(v7: i32):
;;     return v7
;; }
;;
;; function %in_loop(i64, i32) -> i32 {
;; block1(v1: i64, v2: i32):
;;     jump block2
;; block2:
;;     v3 = iconst.i32 0
;;     v4 = iconst.i32 7
;;     brif v2, block7(v4), block3
;; block3:
;;     brif v3, block4, block5
;; block4:
;;     v5 = iconst.i32 8
;;     jump block7(v5)
;; block5:
;;     jump block6
;; block6:
;;     v6 = iconst.i32 3
;;     jump block7(v6)
;; block7(v7: i32):
;;     brif v7, block2, block8
;; block8:
;;     v8 = iconst.i32 0
;;     v9 = iconst.i32 0
;;     v10 = iconst.i32 7
;;     brif v8, block13(v10), block9
;; block9:
;;     brif v9, block10, block11
;; block10:
;;     v11 = iconst.i32 8
;;     jump block13(v11)
;; block11:
;;     jump block12
;; block12:
;;     v12 = iconst.i32 3
;;     jump block13(v12)
;; block13(v13: i32):
;;     return v13
;; }
;;
;; function %fail(i64) {
;; block1(v1: i64):
;;     trap 1
;; }
;;
;; function %after(i64) -> i32 {
;; block1(v1: i64):
;;     trap 1
;; }
;;
;; function %swap(i64, i32, i64) -> i64, i32 {
;; block1(v1: i64, v2: i32, v3: i64):
;;     return v3, v2
;; }
;;
;; function %swapped(i64, i32, i64) -> i64, i32 {
;; block1(v1: i64, v2: i32, v3: i64):
;;     return v3, v2
;; }
;;
;; function %even(i64, i32) -> i32 {
;;     fn1 = u0:10 self
;; block1(v1: i64, v2: i32):
;;     brif v2, block2, block3
;; block2:
;;     v3 = iconst.i32 1
;;     v4 = isub.i32 v2, v3
;;     v5 = call fn1(v1, v4)
;;     jump block4(v5)
;; block3:
;;     v6 = iconst.i32 1
;;     jump block4(v6)
;; block4(v7: i32):
;;     return v7
;; }
;;
;; function %odd(i64, i32) -> i32 {
;;     fn1 = u0:9 self
;; block1(v1: i64, v2: i32):
;;     brif v2, block2, block3
;; block2:
;;     v3 = iconst.i32 1
;;     v4 = isub.i32 v2, v3
;;     v5 = call fn1(v1, v4)
;;     jump block4(v5)
;; block3:
;;     v6 = iconst.i32 0
;;     jump block4(v6)
;; block4(v7: i32):
;;     return v7
;; }
;;
;; function %sum(i64, i32) -> i32 {
;;     fn1 = u0:11 self
;; block1(v1: i64, v2: i32):
;;     brif v2, block2, block12
;; block2:
;;     v3 = iconst.i32 1
;;     v4 = isub.i32 v2, v3
;;     brif v4, block3, block10
;; block3:
;;     v5 = iconst.i32 1
;;     v6 = isub.i32 v4, v5
;;     brif v6, block4, block8
;; block4:
;;     v7 = iconst.i32 1
;;     v8 = isub.i32 v6, v7
;;     brif v8, block5, block6
;; block5:
;;     v9 = iconst.i32 1
;;     v10 = isub.i32 v8, v9
;;     v11 = call fn1(v1, v10)
;;     v12 = iadd.i32 v8, v11
;;     jump block7(v12)
;; block6:
;;     v13 = iconst.i32 0
;;     jump block7(v13)
;; block7(v14: i32):
;;     v15 = iadd.i32 v6, v14
;;     jump block9(v15)
;; block8:
;;     v16 = iconst.i32 0
;;     jump block9(v16)
;; block9(v17: i32):
;;     v18 = iadd.i32 v4, v17
;;     jump block11(v18)
;; block10:
;;     v19 = iconst.i32 0
;;     jump block11(v19)
;; block11(v20: i32):
;;     v21 = iadd.i32 v2, v20
;;     jump block13(v21)
;; block12:
;;     v22 = iconst.i32 0
;;     jump block13(v22)
;; block13(v23: i32):
;;     return v23
;; }
