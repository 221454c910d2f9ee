;;! interruption=1
(module
  (memory 1)

  ;; recursion
  (func $fib (param i32) (result i32)
    (if (result i32) (i32.lt_s (local.get 0) (i32.const 2))
      (then (local.get 0))
      (else (i32.add
        (call $fib (i32.sub (local.get 0) (i32.const 1)))
        (call $fib (i32.sub (local.get 0) (i32.const 2)))))))

  ;; an interpreter's loop: dispatch by a table, all cases go back
  (func $interpret (param $pc i32) (param $a i32) (result i32)
    (loop $next
      (block $stop (block $add (block $sub (block $xor
        (br_table $add $sub $xor $stop (i32.load8_u (local.get $pc))))
        (local.set $a (i32.xor (local.get $a) (i32.load offset=4 (local.get $pc))))
        (local.set $pc (i32.add (local.get $pc) (i32.const 8)))
        (br $next))
        (local.set $a (i32.sub (local.get $a) (i32.load offset=4 (local.get $pc))))
        (local.set $pc (i32.add (local.get $pc) (i32.const 8)))
        (br $next))
        (local.set $a (i32.add (local.get $a) (i32.load offset=4 (local.get $pc))))
        (local.set $pc (i32.add (local.get $pc) (i32.const 8)))
        (br $next)))
    (local.get $a))

  ;; values that change places on each iteration
  (func $rotate (param $a i32) (param $b i32) (param $c i32) (param $n i32) (result i32) (local $t i32)
    (loop $next
      (local.set $t (i32.add (i32.mul (local.get $a) (local.get $b)) (local.get $c)))
      (local.set $c (local.get $b))
      (local.set $b (local.get $a))
      (local.set $a (local.get $t))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i32.xor (local.get $a) (i32.xor (local.get $b) (local.get $c))))

  ;; a search that leaves with a constant
  (func $sorted (param $at i32) (param $end i32) (result i64) (local $last i32)
    (loop $next
      (if (i32.gt_s (local.get $last) (i32.load (local.get $at))) (then (return (i64.const -1))))
      (local.set $last (i32.load (local.get $at)))
      (br_if $next (i32.ne (local.tee $at (i32.add (local.get $at) (i32.const 4))) (local.get $end))))
    (i64.const 1)))

;;; asm
;; function fib, 730 bytes
;;     sub rsp, 0x38
;;     mov [rsp], rsi
;;     mov rax, [rdi+8]
;;     test [rax+8], eax
;;     jne L24
;;     cmp esi, 2
;;     jl L23
;;     lea eax, [rsi-1]
;;     cmp eax, 2
;;     jl L10
;;     lea eax, [rsi-2]
;;     cmp eax, 2
;;     jl L3
;;     lea eax, [rsi-3]
;;     cmp eax, 2
;;     jl L0
;;     add esi, 0xfffffffc
;;     mov [rsp+0x28], rdi
;;     call u0:0
;;     mov [rsp+8], rax
;;     mov rsi, [rsp]
;;     add esi, 0xfffffffb
;;     mov rdi, [rsp+0x28]
;;     call u0:0
;;     mov rsi, rax
;;     mov rax, [rsp+8]
;;     add eax, esi
;;     mov [rsp+8], rax
;;     jmp L1
;; L0:
;;     mov [rsp+0x28], rdi
;;     mov [rsp+8], rax
;; L1:
;;     mov rsi, [rsp]
;;     lea eax, [rsi-4]
;;     cmp eax, 2
;;     jl L2
;;     add esi, 0xfffffffb
;;     mov rdi, [rsp+0x28]
;;     call u0:0
;;     mov [rsp+0x10], rax
;;     mov rsi, [rsp]
;;     add esi, 0xfffffffa
;;     mov rdi, [rsp+0x28]
;;     call u0:0
;;     mov rsi, rax
;;     mov rax, [rsp+0x10]
;;     add eax, esi
;; L2:
;;     mov rsi, [rsp+8]
;;     add esi, eax
;;     mov [rsp+8], rsi
;;     jmp L4
;; L3:
;;     mov rsi, rax
;;     mov [rsp+0x28], rdi
;;     mov [rsp+8], rsi
;; L4:
;;     mov rsi, [rsp]
;;     lea eax, [rsi-3]
;;     cmp eax, 2
;;     jl L8
;;     lea eax, [rsi-4]
;;     cmp eax, 2
;;     jl L5
;;     add esi, 0xfffffffb
;;     mov rdi, [rsp+0x28]
;;     call u0:0
;;     mov [rsp+0x10], rax
;;     mov rsi, [rsp]
;;     add esi, 0xfffffffa
;;     mov rdi, [rsp+0x28]
;;     call u0:0
;;     mov rsi, rax
;;     mov rax, [rsp+0x10]
;;     add eax, esi
;;     mov [rsp+0x10], rax
;;     jmp L6
;; L5:
;;     mov [rsp+0x10], rax
;; L6:
;;     mov rsi, [rsp]
;;     lea eax, [rsi-5]
;;     cmp eax, 2
;;     jl L7
;;     add esi, 0xfffffffa
;;     mov rdi, [rsp+0x28]
;;     call u0:0
;;     mov [rsp+0x18], rax
;;     mov rsi, [rsp]
;;     add esi, 0xfffffff9
;;     mov rdi, [rsp+0x28]
;;     call u0:0
;;     mov rsi, rax
;;     mov rax, [rsp+0x18]
;;     add eax, esi
;; L7:
;;     mov rsi, [rsp+0x10]
;;     add esi, eax
;;     jmp L9
;; L8:
;;     mov rsi, rax
;; L9:
;;     mov rdi, [rsp+8]
;;     add edi, esi
;;     mov [rsp+8], rdi
;;     jmp L11
;; L10:
;;     mov [rsp+0x28], rdi
;;     mov rdi, rax
;;     mov [rsp+8], rdi
;; L11:
;;     mov rsi, [rsp]
;;     lea eax, [rsi-2]
;;     cmp eax, 2
;;     jl L22
;;     lea eax, [rsi-3]
;;     cmp eax, 2
;;     jl L15
;;     lea eax, [rsi-4]
;;     cmp eax, 2
;;     jl L12
;;     add esi, 0xfffffffb
;;     mov rdi, [rsp+0x28]
;;     call u0:0
;;     mov [rsp+0x10], rax
;;     mov rsi, [rsp]
;;     add esi, 0xfffffffa
;;     mov rdi, [rsp+0x28]
;;     call u0:0
;;     mov rsi, rax
;;     mov rax, [rsp+0x10]
;;     add eax, esi
;;     mov [rsp+0x10], rax
;;     jmp L13
;; L12:
;;     mov [rsp+0x10], rax
;; L13:
;;     mov rsi, [rsp]
;;     lea eax, [rsi-5]
;;     cmp eax, 2
;;     jl L14
;;     add esi, 0xfffffffa
;;     mov rdi, [rsp+0x28]
;;     call u0:0
;;     mov [rsp+0x18], rax
;;     mov rsi, [rsp]
;;     add esi, 0xfffffff9
;;     mov rdi, [rsp+0x28]
;;     call u0:0
;;     mov rsi, rax
;;     mov rax, [rsp+0x18]
;;     add eax, esi
;; L14:
;;     mov rsi, [rsp+0x10]
;;     add esi, eax
;;     mov [rsp+0x10], rsi
;;     jmp L16
;; L15:
;;     mov rsi, rax
;;     mov [rsp+0x10], rsi
;; L16:
;;     mov rsi, [rsp]
;;     lea eax, [rsi-4]
;;     cmp eax, 2
;;     jl L20
;;     lea eax, [rsi-5]
;;     cmp eax, 2
;;     jl L17
;;     add esi, 0xfffffffa
;;     mov rdi, [rsp+0x28]
;;     call u0:0
;;     mov [rsp+0x18], rax
;;     mov rsi, [rsp]
;;     add esi, 0xfffffff9
;;     mov rdi, [rsp+0x28]
;;     call u0:0
;;     mov rsi, rax
;;     mov rax, [rsp+0x18]
;;     add eax, esi
;;     mov [rsp+0x18], rax
;;     jmp L18
;; L17:
;;     mov [rsp+0x18], rax
;; L18:
;;     mov rsi, [rsp]
;;     lea eax, [rsi-6]
;;     cmp eax, 2
;;     jl L19
;;     add esi, 0xfffffff9
;;     mov rdi, [rsp+0x28]
;;     call u0:0
;;     mov [rsp+0x20], rax
;;     mov rsi, [rsp]
;;     add esi, 0xfffffff8
;;     mov rdi, [rsp+0x28]
;;     call u0:0
;;     mov rsi, rax
;;     mov rax, [rsp+0x20]
;;     add eax, esi
;; L19:
;;     mov rsi, [rsp+0x18]
;;     add esi, eax
;;     jmp L21
;; L20:
;;     mov rsi, rax
;; L21:
;;     mov rax, [rsp+0x10]
;;     add eax, esi
;; L22:
;;     mov rsi, [rsp+8]
;;     add esi, eax
;; L23:
;;     mov rax, rsi
;;     add rsp, 0x38
;;     ret
;; L24:
;;     hlt  ; trap11
;;
;; function interpret, 116 bytes
;; loop L0: 16 instructions
;;     mov rcx, rdi
;;     mov rax, rdx
;;     mov rdi, [rcx+8]
;;     mov rcx, [rcx+0x20]
;;     jmp L0
;;     nop [rax+rax]
;;     nop [rax]
;;     xor eax, [rcx+rsi+4]  ; trap2
;;     add esi, 8
;; L0:
;;     test [rdi+8], edi
;;     jne L1
;;     movzx r8d, byte ptr [rcx+rsi]  ; trap2
;;     mov edx, 3
;;     cmp r8d, edx
;;     cmovb edx, r8d
;;     lea r8, [rip+const_3]
;;     movsxd rdx, [r8+rdx*4]
;;     add rdx, r8
;;     jmp rdx
;;     add eax, [rcx+rsi+4]  ; trap2
;;     add esi, 8
;;     jmp L0
;;     sub eax, [rcx+rsi+4]  ; trap2
;;     add esi, 8
;;     jmp L0
;;     ret
;; L1:
;;     hlt  ; trap11
;;     .byte 0x00, 0x00, 0x00, 0xe9, 0xff, 0xff, 0xff, 0xf2
;;     .byte 0xff, 0xff, 0xff, 0xbc, 0xff, 0xff, 0xff, 0xfb
;;     .byte 0xff, 0xff, 0xff
;;
;; function rotate, 148 bytes
;; loop L0: 25 instructions
;;     mov rdi, [rdi+8]
;;     nop [rax+rax]
;;     nop [rax+rax]
;;     nop [rax+rax]
;;     nop
;; L0:
;;     test [rdi+8], edi
;;     jne L5
;;     mov rax, rsi
;;     imul eax, edx
;;     add eax, ecx
;;     add r8d, 0xffffffff
;;     test r8d, r8d
;;     je L4
;;     mov rcx, rax
;;     imul ecx, esi
;;     add ecx, edx
;;     add r8d, 0xffffffff
;;     test r8d, r8d
;;     je L1
;;     mov rdx, rcx
;;     imul edx, eax
;;     add edx, esi
;;     add r8d, 0xffffffff
;;     test r8d, r8d
;;     je L2
;;     mov rsi, rdx
;;     imul esi, ecx
;;     add esi, eax
;;     add r8d, 0xffffffff
;;     jne L0
;;     jmp L3
;; L1:
;;     mov rdx, rsi
;;     mov rsi, rax
;;     mov rax, rcx
;;     jmp L4
;; L2:
;;     mov rsi, rcx
;;     mov rbx, rax
;;     mov rax, rdx
;;     mov rdx, rbx
;;     jmp L4
;; L3:
;;     mov rax, rsi
;;     mov rsi, rdx
;;     mov rdx, rcx
;; L4:
;;     xor esi, edx
;;     xor eax, esi
;;     ret
;; L5:
;;     hlt  ; trap11
;;
;; function sorted, 120 bytes
;; loop L0: 26 instructions
;;     mov rcx, rsi
;;     xor eax, eax
;;     mov rsi, [rdi+8]
;;     mov rdi, [rdi+0x20]
;;     nop [rax+rax]
;;     nop [rax+rax]
;;     nop
;; L0:
;;     test [rsi+8], esi
;;     jne L3
;;     mov r8d, [rdi+rcx]  ; trap2
;;     cmp eax, r8d
;;     jg L1
;;     add ecx, 4
;;     cmp ecx, edx
;;     je L2
;;     mov eax, [rdi+rcx]  ; trap2
;;     cmp r8d, eax
;;     jg L1
;;     lea r8d, [rcx+4]
;;     cmp r8d, edx
;;     je L2
;;     mov ecx, [rdi+r8]  ; trap2
;;     cmp eax, ecx
;;     jg L1
;;     add r8d, 4
;;     cmp r8d, edx
;;     je L2
;;     mov eax, [rdi+r8]  ; trap2
;;     cmp ecx, eax
;;     jg L1
;;     lea ecx, [r8+4]
;;     cmp ecx, edx
;;     jne L0
;;     jmp L2
;; L1:
;;     mov rax, 0xffffffffffffffff
;;     ret
;; L2:
;;     mov eax, 1
;;     ret
;; L3:
;;     hlt  ; trap11
