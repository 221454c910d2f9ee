(module
  (func $loop (param $n i32) (result i32) (local $sum i32)
    (block $done
      (loop $again
        (br_if $done (i32.eqz (local.get $n)))
        (local.set $sum (i32.add (local.get $sum) (local.get $n)))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br $again)))
    (local.get $sum))
  (func $if_else (param i32) (result i32)
    (if (result i32) (local.get 0) (then (i32.const 1)) (else (i32.const 2))))
  (func $if_params (param i32 i32) (result i32)
    local.get 0
    local.get 1
    if (param i32) (result i32)
      i32.const 1
      i32.add
    end)
  (func $table (param i32) (result i32)
    (block $a (block $b (block $c
      (br_table $a $b $c $b (local.get 0)))
      (return (i32.const 3)))
      (return (i32.const 2)))
    (i32.const 1))
  (func $br_value (param i32) (result i32)
    (block (result i32)
      (br_if 0 (i32.const 5) (local.get 0))
      (drop)
      (i32.const 6)))
  (func $return_from_br_if (param i32) (result i32)
    (br_if 0 (i32.const 5) (local.get 0)))
  (func $unreachable_code (result i32)
    (block
      unreachable
      (loop (br 0))
      (if (i32.const 1) (then (nop)) (else (nop))))
    (i32.const 1))
  (func $if_both_leave (param i32) (result i32)
    (if (local.get 0) (then (return (i32.const 1))) (else (return (i32.const 2))))
    (i32.const 3))
  (func $loop_params (param i32) (result i32)
    i32.const 0
    loop (param i32) (result i32)
      local.get 0
      i32.add
      local.get 0
      br_if 0
    end)
  (func $select (param i32 f64 f64) (result f64)
    (select (local.get 1) (local.get 2) (local.get 0))))

;;; ir
;; function %loop(i64, i32) -> i32 {
;; block1(v1: i64, v2: i32):
;;     v3 = iconst.i32 0
;;     jump block2(v2, v3)
;; block2(v4: i32, v5: i32):
;;     v6 = iconst.i32 0
;;     v7 = icmp.i32 eq v4, v6
;;     brif v7, block4, block3
;; block3:
;;     v8 = iadd.i32 v5, v4
;;     v9 = iconst.i32 1
;;     v10 = isub.i32 v4, v9
;;     jump block2(v10, v8)
;; block4:
;;     return v5
;; }
;;
;; function %if_else(i64, i32) -> i32 {
;; block1(v1: i64, v2: i32):
;;     brif v2, block2, block3
;; block2:
;;     v3 = iconst.i32 1
;;     jump block4(v3)
;; block3:
;;     v4 = iconst.i32 2
;;     jump block4(v4)
;; block4(v5: i32):
;;     return v5
;; }
;;
;; function %if_params(i64, i32, i32) -> i32 {
;; block1(v1: i64, v2: i32, v3: i32):
;;     brif v3, block2, block3
;; block2:
;;     v4 = iconst.i32 1
;;     v5 = iadd.i32 v2, v4
;;     jump block4(v5)
;; block3:
;;     jump block4(v2)
;; block4(v6: i32):
;;     return v6
;; }
;;
;; function %table(i64, i32) -> i32 {
;; block1(v1: i64, v2: i32):
;;     br_table v2, [block4, block3, block2], block3
;; block2:
;;     v3 = iconst.i32 3
;;     return v3
;; block3:
;;     v4 = iconst.i32 2
;;     return v4
;; block4:
;;     v5 = iconst.i32 1
;;     return v5
;; }
;;
;; function %br_value(i64, i32) -> i32 {
;; block1(v1: i64, v2: i32):
;;     v3 = iconst.i32 5
;;     brif v2, block3(v3), block2
;; block2:
;;     v4 = iconst.i32 6
;;     jump block3(v4)
;; block3(v5: i32):
;;     return v5
;; }
;;
;; function %return_from_br_if(i64, i32) -> i32 {
;; block1(v1: i64, v2: i32):
;;     v3 = iconst.i32 5
;;     brif v2, block3(v3), block2
;; block2:
;;     jump block3(v3)
;; block3(v4: i32):
;;     return v4
;; }
;;
;; function %unreachable_code(i64) -> i32 {
;; block1(v1: i64):
;;     trap 1
;; }
;;
;; function %if_both_leave(i64, i32) -> i32 {
;; block1(v1: i64, v2: i32):
;;     brif v2, block2, block3
;; block2:
;;     v3 = iconst.i32 1
;;     return v3
;; block3:
;;     v4 = iconst.i32 2
;;     return v4
;; }
;;
;; function %loop_params(i64, i32) -> i32 {
;; block1(v1: i64, v2: i32):
;;     v3 = iconst.i32 0
;;     jump block2(v3)
;; block2(v4: i32):
;;     v5 = iadd.i32 v4, v2
;;     brif v2, block2(v5), block3
;; block3:
;;     return v5
;; }
;;
;; function %select(i64, i32, f64, f64) -> f64 {
;; block1(v1: i64, v2: i32, v3: f64, v4: f64):
;;     v5 = select.f64 v2, v3, v4
;;     return v5
;; }
