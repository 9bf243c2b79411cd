//! What a plugin does to the processor, to memory and to the stack.

use std::sync::mpsc::channel;

use super::*;

/// A loop that never ends.
const FOREVER: &str = "(loop $forever (br $forever)) unreachable";

#[test]
fn an_endless_loop_ends_with_the_limit_of_time() {
    assert_limit(&ended(&Guest::new(FOREVER), brief()), LimitName::Time);
}

#[test]
fn a_loop_in_a_start_function_ends_too() {
    let guest = Guest::answering(&guest::outcome())
        .with(&format!("(func $begin {FOREVER})"))
        .with("(start $begin)");
    assert_limit(&ended(&guest, brief()), LimitName::Time);
}

#[test]
fn a_loop_while_a_value_is_handed_over_ends_too() {
    let guest = Guest::new("unreachable").with(&format!(
        r#"(func (export "cabi_post_run") (param i32) {FOREVER})"#
    ));
    let answering = Guest::answering(&guest::outcome()).with(&format!(
        r#"(func (export "cabi_post_run") (param i32) {FOREVER})"#
    ));
    assert!(matches!(ended(&guest, ample()), RunError::Trapped { .. }));
    assert_limit(&ended(&answering, brief()), LimitName::Time);
}

#[test]
fn a_stop_ends_it_from_another_thread() {
    let loaded = load(&Guest::new(
        "(call $log (i32.const 0) (i32.const 0) (i32.const 0)) (loop $forever (br $forever)) unreachable",
    ));
    let stop = Stop::new();
    let (codes, asked) = (guest::description().codes, stop.clone());
    let (began, begun) = channel();
    let asking = std::thread::spawn(move || {
        begun.recv().expect("the call begins");
        asked.ask();
    });
    let call = Call {
        config: "{}",
        context: context(),
        codes: &codes,
        limits: ample(),
        stop,
    };
    began.send(()).expect("somebody waits");
    let ran = loaded.run(call, Box::new(Nothing));
    asking.join().expect("it asked");
    assert_eq!(ran.result, Err(RunError::Stopped));
}

#[test]
fn what_ends_early_keeps_its_log_and_what_it_used() {
    let guest = Guest::new(
        "(call $log (i32.const 2) (global.get $line) (global.get $line-length)) unreachable",
    )
    .text("line", "before the end".as_bytes());
    let ran = run(&guest, ample(), Nothing);
    assert!(matches!(ran.result, Err(RunError::Trapped { .. })));
    assert_eq!(
        ran.log,
        [(
            crate::interface::log::Level::Warn,
            "before the end".to_owned()
        )]
    );
    assert_eq!((ran.used.log, ran.used.memory), (1, 65_536));
}

#[test]
fn a_memory_bomb_ends_with_the_limit_of_memory() {
    let guest =
        Guest::new("(loop $more (drop (memory.grow (i32.const 16))) (br $more)) unreachable");
    let limits = Limits {
        memory: 4 * 1024 * 1024,
        ..ample()
    };
    assert_limit(&ended(&guest, limits), LimitName::Memory);
}

#[test]
fn a_memory_that_is_too_large_from_the_beginning_ends_it() {
    let guest = Guest::answering(&guest::outcome()).with("(memory $second 1000)");
    let limits = Limits {
        memory: 1024 * 1024,
        ..ample()
    };
    assert_limit(&ended(&guest, limits), LimitName::Memory);
}

#[test]
fn growth_that_the_plugin_itself_forbids_is_not_counted() {
    let guest = Guest::answering_after(
        "(drop (memory.grow $small (i32.const 1000)))",
        &guest::outcome(),
    )
    .with("(memory $small 1 2)");
    let limits = Limits {
        memory: 1024 * 1024,
        ..ample()
    };
    let ran = run(&guest, limits, Nothing);
    assert_eq!(ran.result, Ok(guest::outcome()));
    assert_eq!(ran.used.memory, 2 * 65_536);
}

#[test]
fn a_table_bomb_ends_with_the_limit_of_tables() {
    let guest = Guest::new(
        "(loop $more (drop (table.grow $bomb (ref.null func) (i32.const 100000))) (br $more)) unreachable",
    )
    .with("(table $bomb 1 funcref)");
    assert_limit(&ended(&guest, ample()), LimitName::Tables);
}

#[test]
fn many_tables_and_memories_end_it() {
    let mut tables = Guest::answering(&guest::outcome());
    let mut memories = Guest::answering(&guest::outcome());
    for _ in 0..=crate::limits::TABLES {
        tables = tables.with("(table 1 funcref)");
        memories = memories.with("(memory 0)");
    }
    assert_limit(&ended(&tables, ample()), LimitName::Tables);
    assert_limit(&ended(&memories, ample()), LimitName::Instances);
}

#[test]
fn recursion_without_end_ends_with_the_limit_of_the_stack() {
    let guest = Guest::new("(call $deeper (i32.const 1))").with(
        "(func $deeper (param i32) (result i32) (i32.add (local.get 0) (call $deeper (local.get 0))))",
    );
    assert_limit(&ended(&guest, ample()), LimitName::Stack);
}

#[test]
fn traps_are_told_in_words() {
    let reached = |run: &str| match ended(&Guest::new(run), ample()) {
        RunError::Trapped { reason } => reason,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        reached("unreachable"),
        "it reached an instruction that ends it, as a panic does, in `run`"
    );
    assert_eq!(
        reached("(i32.load (i32.const -4))"),
        "it reached outside its memory, in `run`"
    );
    assert_eq!(
        reached("(i32.div_u (i32.const 1) (i32.const 0))"),
        "it divided by zero, in `run`"
    );
}

#[test]
fn a_result_that_is_outside_the_memory_is_wrong() {
    for address in ["-4", "65536", "1"] {
        let error = ended(&Guest::new(&format!("i32.const {address}")), ample());
        assert!(
            matches!(error, RunError::Malformed { .. } | RunError::Trapped { .. }),
            "{error:?}"
        );
    }
}

#[test]
fn a_result_with_broken_text_is_wrong() {
    let guest = Guest::new(
        "(i32.store offset=36 (global.get $result) (global.get $text)) global.get $result",
    )
    .text("text", b"\xff\xfe")
    .words("result", &[0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 2]);
    let error = ended(&guest, ample());
    assert!(matches!(error, RunError::Malformed { .. }), "{error:?}");
}

#[test]
fn a_huge_text_is_more_than_is_handed_over_at_once() {
    let huge = 8 * 1024 * 1024;
    let guest = Guest::new("global.get $result")
        .words("result", &[0, 1, 0, 0, 0, 0, 0, 0, 1, 0, huge])
        .with("(func $grow (drop (memory.grow (i32.const 200))))")
        .with("(start $grow)");
    let limits = Limits {
        traffic: 0,
        ..ample()
    };
    assert_limit(&ended(&guest, limits), LimitName::Transfer);
}

#[test]
fn a_huge_list_is_more_than_is_handed_over_at_once() {
    let many = 4_000_000;
    // The notes all stand in the same place.
    let guest = Guest::new("global.get $result")
        .words("result", &[0, 1, 0, 0, 0, 0, 8, many, 0, 0, 0])
        .with("(func $grow (drop (memory.grow (i32.const 1000))))")
        .with("(start $grow)");
    assert_limit(&ended(&guest, ample()), LimitName::Transfer);
}

#[test]
fn one_that_loops_does_not_keep_another_waiting() {
    let looping = load(&Guest::new(FOREVER));
    let quick = load(&Guest::answering(&guest::outcome()));
    let stop = Stop::new();
    std::thread::scope(|scope| {
        let (looping, asked, codes) = (&looping, stop.clone(), guest::description().codes);
        let running = scope.spawn(move || {
            let call = Call {
                config: "{}",
                context: context(),
                codes: &codes,
                limits: ample(),
                stop: asked,
            };
            looping.run(call, Box::new(Nothing)).result
        });
        for _ in 0..3 {
            assert_eq!(
                run_loaded(&quick, ample(), Nothing).result,
                Ok(guest::outcome())
            );
        }
        stop.ask();
        assert_eq!(running.join().expect("it ends"), Err(RunError::Stopped));
    });
}
