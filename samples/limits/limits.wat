;; limits: one export for each way in which a sandbox stops a guest.
(module $limits
  (memory (export "memory") 1)
  (global $seed (mut i32) (i32.const 0x9E3779B9))

  ;; Never returns: ended by fuel, a deadline or a cancellation.
  (func $spin (export "spin") (result i32)
    (loop $forever
      (global.set $seed (i32.mul (global.get $seed) (i32.const 1664525)))
      (br $forever))
    (global.get $seed))

  ;; Asks for memory, 1 MiB at a time, until it is refused; returns the pages it got.
  (func $hoard (export "hoard") (result i32)
    (loop $more
      (br_if $more (i32.ne (memory.grow (i32.const 16)) (i32.const -1))))
    (memory.size))

  ;; Recurses until the stack ends.
  (func $dig (export "dig") (param $depth i32) (result i32)
    (i32.add (i32.const 1) (call $dig (i32.add (local.get $depth) (i32.const 1)))))

  ;; Reads behind the end of its memory, three calls deep, to show a backtrace with names.
  (func $read_pixel (param $address i32) (result i32)
    (i32.load (local.get $address)))
  (func $sum_row (param $row i32) (result i32)
    (local $x i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum)
        (call $read_pixel (i32.add (i32.mul (local.get $row) (i32.const 4096)) (i32.mul (local.get $x) (i32.const 4))))))
      (local.set $x (i32.add (local.get $x) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $x) (i32.const 1024))))
    (local.get $sum))
  (func $blur_image (export "blur") (param $rows i32) (result i32)
    (local $row i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (call $sum_row (local.get $row))))
      (local.set $row (i32.add (local.get $row) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $row) (local.get $rows))))
    (local.get $sum)))
