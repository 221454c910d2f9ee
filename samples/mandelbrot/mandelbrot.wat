;; mandelbrot: draws the Mandelbrot set in characters, 78 by 30, on standard output.
;; WASI is used directly: one fd_write for each line.
(module $mandelbrot
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param $fd i32) (param $iovs i32) (param $count i32) (param $written i32) (result i32)))
  (memory (export "memory") 1)

  ;; 0: iovec {line, length}; 8: bytes written; 16: shades; 64: the line
  (data (i32.const 16) " .:-=+*#%@")

  ;; Number of steps until z leaves the circle of radius 2, at most $limit.
  (func $escape_time (export "escape_time") (param $cr f64) (param $ci f64) (param $limit i32) (result i32)
    (local $zr f64) (local $zi f64) (local $r2 f64) (local $i2 f64) (local $n i32)
    (block $out
      (loop $step
        (local.set $r2 (f64.mul (local.get $zr) (local.get $zr)))
        (local.set $i2 (f64.mul (local.get $zi) (local.get $zi)))
        (br_if $out (f64.gt (f64.add (local.get $r2) (local.get $i2)) (f64.const 4)))
        (br_if $out (i32.ge_u (local.get $n) (local.get $limit)))
        (local.set $zi (f64.add (f64.mul (f64.mul (f64.const 2) (local.get $zr)) (local.get $zi)) (local.get $ci)))
        (local.set $zr (f64.add (f64.sub (local.get $r2) (local.get $i2)) (local.get $cr)))
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (br $step)))
    (local.get $n))

  (func $shade (param $n i32) (result i32)
    (i32.load8_u offset=16
      (select (i32.const 9)
              (i32.rem_u (local.get $n) (i32.const 9))
              (i32.ge_u (local.get $n) (i32.const 1000)))))

  (func $draw_line (param $y i32)
    (local $x i32)
    (loop $next
      (i32.store8 offset=64 (local.get $x)
        (call $shade
          (call $escape_time
            (f64.add (f64.const -2.2) (f64.mul (f64.convert_i32_s (local.get $x)) (f64.const 0.0405)))
            (f64.add (f64.const -1.2) (f64.mul (f64.convert_i32_s (local.get $y)) (f64.const 0.0828)))
            (i32.const 1000))))
      (local.set $x (i32.add (local.get $x) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $x) (i32.const 78))))
    (i32.store8 offset=64 (local.get $x) (i32.const 10))
    (i32.store (i32.const 0) (i32.const 64))
    (i32.store (i32.const 4) (i32.const 79))
    (if (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))
      (then unreachable)))

  (func (export "_start")
    (local $y i32)
    (loop $next
      (call $draw_line (local.get $y))
      (local.set $y (i32.add (local.get $y) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $y) (i32.const 30))))))
