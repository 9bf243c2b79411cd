;; The golden guest of tidegate:check@0.1.0. It imports and exports everything that this version has, asks for every
;; power, and sets every field of an outcome. It is never changed: it stands for the plugins that are out there.
;;
;; `description` gives what `golden_description` in src/guest.rs says. `run` refuses every config that is not two
;; bytes long. Else it logs a line, sends a request to the api `db`, asks for two exchanges, for a list of files and
;; for one file, ends by `unreachable` when one of them is not had, and gives what `golden_outcome` says.
(component
  (type $ty-tidegate:check/http@0.1.0 (;0;)
    (instance
      (type (;0;) (tuple string string))
      (type (;1;) (variant (case "target" string) (case "api" 0) (case "url" string)))
      (export (;2;) "place" (type (eq 1)))
      (type (;3;) (record (field "name" string) (field "value" string)))
      (export (;4;) "header" (type (eq 3)))
      (type (;5;) (option string))
      (type (;6;) (list 4))
      (type (;7;) (list u8))
      (type (;8;) (option 7))
      (type (;9;) (option u32))
      (type (;10;) (record (field "method" string) (field "place" 2) (field "route" 5) (field "identity" 5) (field "headers" 6) (field "body" 8) (field "timeout" 9) (field "redirects" u8) (field "body-limit" 9)))
      (export (;11;) "request" (type (eq 10)))
      (type (;12;) (option u64))
      (type (;13;) (record (field "dns" 12) (field "connect" 12) (field "tls" 12) (field "first-byte" u64) (field "download" u64) (field "total" u64)))
      (export (;14;) "timings" (type (eq 13)))
      (type (;15;) (list string))
      (type (;16;) (record (field "status" u16) (field "headers" 6) (field "body" 7) (field "truncated" bool) (field "url" string) (field "redirects" 15) (field "timings" 14)))
      (export (;17;) "response" (type (eq 16)))
      (type (;18;) (variant (case "denied" string) (case "invalid" string) (case "dns" string) (case "connect" string) (case "tls" string) (case "timeout" string) (case "login" string) (case "broken" string)))
      (export (;19;) "http-error" (type (eq 18)))
      (type (;20;) (result 17 (error 19)))
      (type (;21;) (func (param "request" 11) (result 20)))
      (export (;0;) "send" (func (type 21)))
    )
  )
  (import "tidegate:check/http@0.1.0" (instance $tidegate:check/http@0.1.0 (;0;) (type $ty-tidegate:check/http@0.1.0)))
  (alias export $tidegate:check/http@0.1.0 "header" (type $header (;1;)))
  (type $ty-tidegate:check/recorded@0.1.0 (;2;)
    (instance
      (alias outer 1 $header (type (;0;)))
      (export (;1;) "header" (type (eq 0)))
      (type (;2;) (option string))
      (type (;3;) (option u16))
      (type (;4;) (list 1))
      (type (;5;) (list u8))
      (type (;6;) (record (field "check" string) (field "identity" 2) (field "method" string) (field "route" string) (field "url" string) (field "status" 3) (field "headers" 4) (field "body" 5) (field "truncated" bool) (field "provoked" bool)))
      (export (;7;) "exchange" (type (eq 6)))
      (type (;8;) (list 7))
      (type (;9;) (option u64))
      (type (;10;) (tuple 8 9))
      (type (;11;) (result 10 (error string)))
      (type (;12;) (func (param "after" u64) (param "limit" u32) (result 11)))
      (export (;0;) "page" (func (type 12)))
    )
  )
  (import "tidegate:check/recorded@0.1.0" (instance $tidegate:check/recorded@0.1.0 (;1;) (type $ty-tidegate:check/recorded@0.1.0)))
  (type $ty-tidegate:check/files@0.1.0 (;3;)
    (instance
      (type (;0;) (variant (case "denied" string) (case "missing" string) (case "too-large" u64) (case "unreadable" string)))
      (export (;1;) "files-error" (type (eq 0)))
      (type (;2;) (list string))
      (type (;3;) (result 2 (error 1)))
      (type (;4;) (func (param "glob" string) (result 3)))
      (export (;0;) "find" (func (type 4)))
      (type (;5;) (list u8))
      (type (;6;) (result 5 (error 1)))
      (type (;7;) (func (param "path" string) (param "limit" u32) (result 6)))
      (export (;1;) "read" (func (type 7)))
    )
  )
  (import "tidegate:check/files@0.1.0" (instance $tidegate:check/files@0.1.0 (;2;) (type $ty-tidegate:check/files@0.1.0)))
  (type $ty-tidegate:check/log@0.1.0 (;4;)
    (instance
      (type (;0;) (enum "debug" "info" "warn"))
      (export (;1;) "level" (type (eq 0)))
      (type (;2;) (func (param "level" 1) (param "message" string)))
      (export (;0;) "write" (func (type 2)))
    )
  )
  (import "tidegate:check/log@0.1.0" (instance $tidegate:check/log@0.1.0 (;3;) (type $ty-tidegate:check/log@0.1.0)))
  (type $ty-tidegate:check/types@0.1.0 (;5;)
    (instance
      (type (;0;) (enum "preview" "staging" "local" "production"))
      (export (;1;) "environment-kind" (type (eq 0)))
      (type (;2;) (option string))
      (type (;3;) (list string))
      (type (;4;) (record (field "check" string) (field "target" string) (field "environment" string) (field "environment-kind" 1) (field "deploy" 2) (field "identity" 2) (field "identities" 3) (field "apis" 3) (field "now" u64) (field "seed" u64) (field "mark" string)))
      (export (;5;) "context" (type (eq 4)))
      (type (;6;) (enum "info" "low" "medium" "high" "critical"))
      (export (;7;) "severity" (type (eq 6)))
      (type (;8;) (enum "small" "medium" "large"))
      (export (;9;) "effort" (type (eq 8)))
      (type (;10;) (record (field "slug" string) (field "summary" string) (field "severity" 7) (field "impact" string) (field "remedy" string) (field "effort" 9)))
      (export (;11;) "code" (type (eq 10)))
      (type (;12;) (variant (case "target-read") (case "target-write") (case "apis") (case "host" string) (case "secret" string) (case "files" string) (case "recorded")))
      (export (;13;) "power" (type (eq 12)))
      (type (;14;) (record (field "power" 13) (field "reason" string) (field "optional" bool)))
      (export (;15;) "capability" (type (eq 14)))
      (type (;16;) (list 11))
      (type (;17;) (list 15))
      (type (;18;) (record (field "name" string) (field "version" string) (field "summary" string) (field "documentation" string) (field "config-schema" string) (field "codes" 16) (field "capabilities" 17)))
      (export (;19;) "description" (type (eq 18)))
      (type (;20;) (record (field "pointer" string) (field "message" string) (field "help" string)))
      (export (;21;) "config-fault" (type (eq 20)))
      (type (;22;) (variant (case "config" 21) (case "denied" string) (case "timeout" string) (case "failed" string)))
      (export (;23;) "failure" (type (eq 22)))
      (type (;24;) (enum "low" "medium" "high"))
      (export (;25;) "confidence" (type (eq 24)))
      (type (;26;) (option u32))
      (type (;27;) (record (field "file" string) (field "line" 26) (field "column" 26)))
      (export (;28;) "location" (type (eq 27)))
      (type (;29;) (record (field "label" string) (field "text" string)))
      (export (;30;) "evidence" (type (eq 29)))
      (type (;31;) (option 7))
      (type (;32;) (option 28))
      (type (;33;) (list 30))
      (type (;34;) (record (field "code" string) (field "title" string) (field "severity" 31) (field "confidence" 25) (field "location" 32) (field "evidence" 33) (field "remediation" 2) (field "subject" 2)))
      (export (;35;) "finding" (type (eq 34)))
      (type (;36;) (enum "milliseconds" "bytes" "count"))
      (export (;37;) "unit" (type (eq 36)))
      (type (;38;) (record (field "name" string) (field "subject" string) (field "unit" 37) (field "value" f64)))
      (export (;39;) "metric" (type (eq 38)))
      (type (;40;) (list 35))
      (type (;41;) (list 39))
      (type (;42;) (record (field "evaluated" u32) (field "findings" 40) (field "metrics" 41) (field "notes" 3) (field "inconclusive" 2)))
      (export (;43;) "outcome" (type (eq 42)))
    )
  )
  (import "tidegate:check/types@0.1.0" (instance $tidegate:check/types@0.1.0 (;4;) (type $ty-tidegate:check/types@0.1.0)))
  (alias export $tidegate:check/types@0.1.0 "context" (type $context (;6;)))
  (import "context" (type $"#type7 context" (@name "context") (;7;) (eq $context)))
  (alias export $tidegate:check/types@0.1.0 "description" (type $description (;8;)))
  (import "description" (type $"#type9 description" (@name "description") (;9;) (eq $description)))
  (alias export $tidegate:check/types@0.1.0 "failure" (type $failure (;10;)))
  (import "failure" (type $"#type11 failure" (@name "failure") (;11;) (eq $failure)))
  (alias export $tidegate:check/types@0.1.0 "outcome" (type $outcome (;12;)))
  (import "outcome" (type $"#type13 outcome" (@name "outcome") (;13;) (eq $outcome)))
  (core module $main (;0;)
    (type (;0;) (func (param i32 i32)))
    (type (;1;) (func (param i64 i32 i32)))
    (type (;2;) (func (param i32 i32 i32)))
    (type (;3;) (func (param i32 i32 i32 i32)))
    (type (;4;) (func (param i32 i32 i32 i32) (result i32)))
    (type (;5;) (func (result i32)))
    (type (;6;) (func (param i32) (result i32)))
    (import "tidegate:check/http@0.1.0" "send" (func $send (;0;) (type 0)))
    (import "tidegate:check/recorded@0.1.0" "page" (func $page (;1;) (type 1)))
    (import "tidegate:check/files@0.1.0" "find" (func $find (;2;) (type 2)))
    (import "tidegate:check/files@0.1.0" "read" (func $read (;3;) (type 3)))
    (import "tidegate:check/log@0.1.0" "write" (func $log (;4;) (type 2)))
    (memory (;0;) 1)
    (global $line (;0;) i32 i32.const 3112)
    (global $line-length (;1;) i32 i32.const 6)
    (global $glob (;2;) i32 i32.const 3120)
    (global $glob-length (;3;) i32 i32.const 10)
    (global $path (;4;) i32 i32.const 3136)
    (global $path-length (;5;) i32 i32.const 13)
    (global $request (;6;) i32 i32.const 3256)
    (global $answer (;7;) i32 i32.const 3352)
    (global $free (;8;) (mut i32) i32.const 3608)
    (export "memory" (memory 0))
    (export "cabi_realloc" (func 5))
    (export "description" (func $description))
    (export "run" (func $run))
    (func (;5;) (type 4) (param i32 i32 i32 i32) (result i32)
      (local $at i32)
      global.get $free
      i32.const 7
      i32.add
      i32.const -8
      i32.and
      local.set $at
      local.get $at
      local.get 3
      i32.add
      global.set $free
      global.get $free
      memory.size
      i32.const 65536
      i32.mul
      i32.gt_u
      if ;; label = @1
        i32.const -1
        i32.const 1
        local.get 3
        i32.const 65536
        i32.div_u
        i32.add
        memory.grow
        i32.eq
        if ;; label = @2
          unreachable
        end
      end
      local.get $at
    )
    (func $description (;6;) (type 5) (result i32)
      i32.const 2384
    )
    (func $run (;7;) (type 6) (param $arguments i32) (result i32)
      local.get $arguments
      i32.load offset=4
      i32.const 2
      i32.ne
      if ;; label = @1
        i32.const 3064
        return
      end
      i32.const 1
      global.get $line
      global.get $line-length
      call $log
      global.get $request
      global.get $answer
      call $send
      global.get $answer
      i32.load8_u
      if ;; label = @1
        unreachable
      end
      global.get $answer
      i32.load16_u offset=8
      i32.const 200
      i32.ne
      if ;; label = @1
        unreachable
      end
      i64.const 0
      i32.const 2
      global.get $answer
      call $page
      global.get $answer
      i32.load8_u
      if ;; label = @1
        unreachable
      end
      global.get $glob
      global.get $glob-length
      global.get $answer
      call $find
      global.get $answer
      i32.load8_u
      if ;; label = @1
        unreachable
      end
      global.get $path
      global.get $path-length
      i32.const 1000
      global.get $answer
      call $read
      global.get $answer
      i32.load8_u
      if ;; label = @1
        unreachable
      end
      i32.const 2968
    )
    (data (;0;) (i32.const 1024) "golden\00\000.1.0\00\00\00Uses everything that its version of the interface has\00\00\00## What it does\0aIt must run for ever.\00\00\00{\22type\22:\22object\22}\00\00\00\00\00\00\00code-0\00\00the total is not the sumClients are billed a wrong amount.\00\00\00\00\00\00Add up in cents.code-1\00\00the total is not the sumClients are billed a wrong amount.\00\00\00\00\00\00Add up in cents.code-2\00\00the total is not the sumClients are billed a wrong amount.\00\00\00\00\00\00Add up in cents.code-3\00\00the total is not the sumClients are billed a wrong amount.\00\00\00\00\00\00Add up in cents.code-4\00\00the total is not the sumClients are billed a wrong amount.\00\00\00\00\00\00Add up in cents.total-differs\00\00\00the total is not the sumClients are billed a wrong amount.\00\00\00\00\00\00Add up in cents.\88\04\00\00\06\00\00\00\90\04\00\00\18\00\00\00\00\00\00\00\a8\04\00\00\22\00\00\00\d0\04\00\00\10\00\00\00\00\00\00\00\e0\04\00\00\06\00\00\00\e8\04\00\00\18\00\00\00\01\00\00\00\00\05\00\00\22\00\00\00(\05\00\00\10\00\00\00\01\00\00\008\05\00\00\06\00\00\00@\05\00\00\18\00\00\00\02\00\00\00X\05\00\00\22\00\00\00\80\05\00\00\10\00\00\00\02\00\00\00\90\05\00\00\06\00\00\00\98\05\00\00\18\00\00\00\03\00\00\00\b0\05\00\00\22\00\00\00\d8\05\00\00\10\00\00\00\00\00\00\00\e8\05\00\00\06\00\00\00\f0\05\00\00\18\00\00\00\04\00\00\00\08\06\00\00\22\00\00\000\06\00\00\10\00\00\00\01\00\00\00@\06\00\00\0d\00\00\00P\06\00\00\18\00\00\00\03\00\00\00h\06\00\00\22\00\00\00\90\06\00\00\10\00\00\00\00\00\00\00to show that it can be asked forto show that it can be asked forto show that it can be asked forhttps://api.stripe.com\00\00to show that it can be asked forSTRIPE_KEY\00\00\00\00\00\00to show that it can be asked forexports/**/*.csvto show that it can be asked forto show that it can be asked for\00\00\00\00\00\00\00\00\00\00\00\00\90\07\00\00 \00\00\00\01\00\00\00\01\00\00\00\00\00\00\00\00\00\00\00\b0\07\00\00 \00\00\00\01\00\00\00\02\00\00\00\00\00\00\00\00\00\00\00\d0\07\00\00 \00\00\00\01\00\00\00\03\00\00\00\f0\07\00\00\16\00\00\00\08\08\00\00 \00\00\00\01\00\00\00\04\00\00\00(\08\00\00\0a\00\00\008\08\00\00 \00\00\00\01\00\00\00\05\00\00\00X\08\00\00\10\00\00\00h\08\00\00 \00\00\00\01\00\00\00\06\00\00\00\00\00\00\00\00\00\00\00\88\08\00\00 \00\00\00\01\00\00\00\00\04\00\00\06\00\00\00\08\04\00\00\05\00\00\00\10\04\00\005\00\00\00H\04\00\00%\00\00\00p\04\00\00\11\00\00\00\a0\06\00\00\06\00\00\00\a8\08\00\00\07\00\00\00total-differs\00\00\00invoice 17 has another total\00\00\00\00exports/a.csv\00\00\00actual\00\0012\0a13\00\00\00\c8\09\00\00\06\00\00\00\d0\09\00\00\05\00\00\00Add up again.\00\00\00invoice 17\00\00\00\00\00\00total-differs\00\00\00invoice 17 has another total\00\00\00\00\88\09\00\00\0d\00\00\00\98\09\00\00\1c\00\00\00\01\04\02\00\01\00\00\00\b8\09\00\00\0d\00\00\00\01\00\00\00\03\00\00\00\01\00\00\00\01\00\00\00\d8\09\00\00\01\00\00\00\01\00\00\00\e8\09\00\00\0d\00\00\00\01\00\00\00\f8\09\00\00\0a\00\00\00\08\0a\00\00\0d\00\00\00\18\0a\00\00\1c\00\00\00\00\00\02\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\008\0a\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00invoicesmarch\00\00\00invoicesmarch\00\00\00invoicesmarch\00\00\00\d8\0a\00\00\08\00\00\00\e0\0a\00\00\05\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\0c@\e8\0a\00\00\08\00\00\00\f0\0a\00\00\05\00\00\00\01\00\00\00\00\00\00\00\00\00\00\00\00\00\0c@\f8\0a\00\00\08\00\00\00\00\0b\00\00\05\00\00\00\02\00\00\00\00\00\00\00\00\00\00\00\00\00\0c@two were skippedh\0b\00\00\10\00\00\00the rest is not there\00\00\00\00\00\00\00\03\00\00\008\0a\00\00\02\00\00\00\08\0b\00\00\03\00\00\00x\0b\00\00\01\00\00\00\01\00\00\00\80\0b\00\00\15\00\00\00\00\00\00\00/wrong\00\00unknown key `wrong`\00\00\00\00\00Remove it.\00\00\00\00\00\00\01\00\00\00\00\00\00\00\c8\0b\00\00\06\00\00\00\d0\0b\00\00\13\00\00\00\e8\0b\00\00\0a\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00golden\00\00exports/**\00\00\00\00\00\00exports/a.csv\00\00\00POST\00\00\00\00db\00\00\00\00\00\00/api/invoices\00\00\00/api/invoices\00\00\00anna\00\00\00\00accept\00\00application/json\88\0c\00\00\06\00\00\00\90\0c\00\00\10\00\00\00{}\00\00\00\00\00\00P\0c\00\00\04\00\00\00\01\00\00\00X\0c\00\00\02\00\00\00`\0c\00\00\0d\00\00\00\01\00\00\00p\0c\00\00\0d\00\00\00\01\00\00\00\80\0c\00\00\04\00\00\00\a0\0c\00\00\01\00\00\00\01\00\00\00\b0\0c\00\00\02\00\00\00\01\00\00\00\e8\03\00\00\01\00\00\00\01\00\00\00\e8\03\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00")
    (@producers
      (processed-by "wit-component" "0.254.2")
    )
  )
  (core module $wit-component-shim-module (;1;)
    (type (;0;) (func (param i32 i32)))
    (type (;1;) (func (param i64 i32 i32)))
    (type (;2;) (func (param i32 i32 i32)))
    (type (;3;) (func (param i32 i32 i32 i32)))
    (type (;4;) (func (param i32 i32 i32)))
    (table (;0;) 5 5 funcref)
    (export "0" (func 0))
    (export "1" (func 1))
    (export "2" (func 2))
    (export "3" (func 3))
    (export "4" (func 4))
    (export "$imports" (table 0))
    (func (;0;) (type 0) (param i32 i32)
      local.get 0
      local.get 1
      i32.const 0
      call_indirect (type 0)
    )
    (func (;1;) (type 1) (param i64 i32 i32)
      local.get 0
      local.get 1
      local.get 2
      i32.const 1
      call_indirect (type 1)
    )
    (func (;2;) (type 2) (param i32 i32 i32)
      local.get 0
      local.get 1
      local.get 2
      i32.const 2
      call_indirect (type 2)
    )
    (func (;3;) (type 3) (param i32 i32 i32 i32)
      local.get 0
      local.get 1
      local.get 2
      local.get 3
      i32.const 3
      call_indirect (type 3)
    )
    (func (;4;) (type 4) (param i32 i32 i32)
      local.get 0
      local.get 1
      local.get 2
      i32.const 4
      call_indirect (type 4)
    )
    (@producers
      (processed-by "wit-component" "0.254.2")
    )
  )
  (core module $wit-component-fixup (;2;)
    (type (;0;) (func (param i32 i32)))
    (type (;1;) (func (param i64 i32 i32)))
    (type (;2;) (func (param i32 i32 i32)))
    (type (;3;) (func (param i32 i32 i32 i32)))
    (type (;4;) (func (param i32 i32 i32)))
    (import "" "0" (func (;0;) (type 0)))
    (import "" "1" (func (;1;) (type 1)))
    (import "" "2" (func (;2;) (type 2)))
    (import "" "3" (func (;3;) (type 3)))
    (import "" "4" (func (;4;) (type 4)))
    (import "" "$imports" (table (;0;) 5 5 funcref))
    (elem (;0;) (i32.const 0) func 0 1 2 3 4)
    (@producers
      (processed-by "wit-component" "0.254.2")
    )
  )
  (core instance $wit-component-shim-instance (;0;) (instantiate $wit-component-shim-module))
  (alias core export $wit-component-shim-instance "0" (core func $indirect-tidegate:check/http@0.1.0-send (;0;)))
  (core instance $tidegate:check/http@0.1.0 (;1;)
    (export "send" (func $indirect-tidegate:check/http@0.1.0-send))
  )
  (alias core export $wit-component-shim-instance "1" (core func $indirect-tidegate:check/recorded@0.1.0-page (;1;)))
  (core instance $tidegate:check/recorded@0.1.0 (;2;)
    (export "page" (func $indirect-tidegate:check/recorded@0.1.0-page))
  )
  (alias core export $wit-component-shim-instance "2" (core func $indirect-tidegate:check/files@0.1.0-find (;2;)))
  (alias core export $wit-component-shim-instance "3" (core func $indirect-tidegate:check/files@0.1.0-read (;3;)))
  (core instance $tidegate:check/files@0.1.0 (;3;)
    (export "find" (func $indirect-tidegate:check/files@0.1.0-find))
    (export "read" (func $indirect-tidegate:check/files@0.1.0-read))
  )
  (alias core export $wit-component-shim-instance "4" (core func $indirect-tidegate:check/log@0.1.0-write (;4;)))
  (core instance $tidegate:check/log@0.1.0 (;4;)
    (export "write" (func $indirect-tidegate:check/log@0.1.0-write))
  )
  (core instance $main (;5;) (instantiate $main
      (with "tidegate:check/http@0.1.0" (instance $tidegate:check/http@0.1.0))
      (with "tidegate:check/recorded@0.1.0" (instance $tidegate:check/recorded@0.1.0))
      (with "tidegate:check/files@0.1.0" (instance $tidegate:check/files@0.1.0))
      (with "tidegate:check/log@0.1.0" (instance $tidegate:check/log@0.1.0))
    )
  )
  (alias core export $main "memory" (core memory $memory (;0;)))
  (alias core export $wit-component-shim-instance "$imports" (core table $"shim table" (;0;)))
  (alias export $tidegate:check/http@0.1.0 "send" (func $send (;0;)))
  (alias core export $main "cabi_realloc" (core func $realloc (;5;)))
  (core func $"#core-func6 indirect-tidegate:check/http@0.1.0-send" (@name "indirect-tidegate:check/http@0.1.0-send") (;6;) (canon lower (func $send) (memory $memory) (realloc $realloc) string-encoding=utf8))
  (alias export $tidegate:check/recorded@0.1.0 "page" (func $page (;1;)))
  (core func $"#core-func7 indirect-tidegate:check/recorded@0.1.0-page" (@name "indirect-tidegate:check/recorded@0.1.0-page") (;7;) (canon lower (func $page) (memory $memory) (realloc $realloc) string-encoding=utf8))
  (alias export $tidegate:check/files@0.1.0 "find" (func $find (;2;)))
  (core func $"#core-func8 indirect-tidegate:check/files@0.1.0-find" (@name "indirect-tidegate:check/files@0.1.0-find") (;8;) (canon lower (func $find) (memory $memory) (realloc $realloc) string-encoding=utf8))
  (alias export $tidegate:check/files@0.1.0 "read" (func $read (;3;)))
  (core func $"#core-func9 indirect-tidegate:check/files@0.1.0-read" (@name "indirect-tidegate:check/files@0.1.0-read") (;9;) (canon lower (func $read) (memory $memory) (realloc $realloc) string-encoding=utf8))
  (alias export $tidegate:check/log@0.1.0 "write" (func $write (;4;)))
  (core func $"#core-func10 indirect-tidegate:check/log@0.1.0-write" (@name "indirect-tidegate:check/log@0.1.0-write") (;10;) (canon lower (func $write) (memory $memory) string-encoding=utf8))
  (core instance $fixup-args (;6;)
    (export "$imports" (table $"shim table"))
    (export "0" (func $"#core-func6 indirect-tidegate:check/http@0.1.0-send"))
    (export "1" (func $"#core-func7 indirect-tidegate:check/recorded@0.1.0-page"))
    (export "2" (func $"#core-func8 indirect-tidegate:check/files@0.1.0-find"))
    (export "3" (func $"#core-func9 indirect-tidegate:check/files@0.1.0-read"))
    (export "4" (func $"#core-func10 indirect-tidegate:check/log@0.1.0-write"))
  )
  (core instance $fixup (;7;) (instantiate $wit-component-fixup
      (with "" (instance $fixup-args))
    )
  )
  (type (;14;) (func (result $"#type9 description")))
  (alias core export $main "description" (core func $description (;11;)))
  (func $description (;5;) (type 14) (canon lift (core func $description) (memory $memory) string-encoding=utf8))
  (export $"#func6 description" (@name "description") (;6;) "description" (func $description))
  (type (;15;) (result $"#type13 outcome" (error $"#type11 failure")))
  (type (;16;) (func (param "config" string) (param "context" $"#type7 context") (result 15)))
  (alias core export $main "run" (core func $run (;12;)))
  (func $run (;7;) (type 16) (canon lift (core func $run) (memory $memory) (realloc $realloc) string-encoding=utf8))
  (export $"#func8 run" (@name "run") (;8;) "run" (func $run))
  (@producers
    (processed-by "wit-component" "0.254.2")
  )
)

