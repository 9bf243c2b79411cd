//! What is loaded.

use super::*;
use crate::error::PluginError;
use crate::limits::LARGEST_COMPONENT;

fn refused(wasm: &[u8]) -> PluginError {
    let error = engine().load(wasm).err().expect("it is refused");
    assert!(!error.help().is_empty());
    load(&Guest::answering(&guest::outcome()));
    error
}

#[test]
fn a_module_of_100_mb_is_not_even_looked_at() {
    let error = Engine::new(None).load(&vec![0; 100_000_000]).err();
    assert_eq!(error, Some(PluginError::TooLarge { size: 100_000_000 }));
    assert!(error.is_some_and(|error| {
        error
            .to_string()
            .contains("100,000,000 bytes, more than the 32 MiB")
    }));
}

#[test]
fn nonsense_is_no_component() {
    assert_eq!(refused(b""), PluginError::NotWasm);
    assert_eq!(refused(b"#!/bin/sh\n"), PluginError::NotWasm);
    assert_eq!(refused(&vec![7; 31_000_000]), PluginError::NotWasm);
}

#[test]
fn nonsense_that_begins_well_does_not_compile() {
    let mut nonsense = b"\0asm\x0d\0\x01\0".to_vec();
    nonsense.resize(LARGEST_COMPONENT / 8, 7);
    assert!(matches!(refused(&nonsense), PluginError::Invalid { .. }));
    let mut cut = Guest::new("unreachable").component();
    cut.truncate(cut.len() / 2);
    assert!(matches!(refused(&cut), PluginError::Invalid { .. }));
}

#[test]
fn a_core_module_is_told_from_a_component() {
    let module = wat::parse_str("(module)").unwrap();
    assert_eq!(refused(&module), PluginError::CoreModule);
}

#[test]
fn another_component_is_no_plugin() {
    let component = wat::parse_str("(component)").unwrap();
    let error = refused(&component);
    assert!(matches!(error, PluginError::NotAPlugin { .. }), "{error:?}");
    let renamed = Guest::new("unreachable")
        .interface(|wit| wit.replace("export run: func(", "export walk: func("))
        .with(r#"(func (export "walk") (param i32) (result i32) unreachable)"#);
    let error = refused(&renamed.component());
    assert!(matches!(error, PluginError::NotAPlugin { .. }), "{error:?}");
}

#[test]
fn an_interface_of_another_version_is_named() {
    for version in ["9.0.0", "0.1.1"] {
        let later = Guest::new("unreachable").interface(|wit| {
            wit.replace("tidegate:check@0.1.0", &format!("tidegate:check@{version}"))
        });
        let error = refused(&later.component());
        let wanted = format!("tidegate:check@{version}");
        assert_eq!(error, PluginError::UnknownVersion { wanted });
        assert!(
            error
                .help()
                .contains("This Tidegate runs tidegate:check@0.1.0")
        );
    }
}

#[test]
fn an_interface_that_differs_under_its_version_is_no_plugin() {
    let changed = Guest::new("unreachable")
        .interface(|wit| wit.replace("evaluated: u32,", "evaluated: u64,"));
    let error = refused(&changed.component());
    assert!(matches!(error, PluginError::NotAPlugin { .. }), "{error:?}");
}

/// A plugin that also imports something of WASI.
fn system(run: &str) -> Guest {
    Guest::answering_after(run, &guest::outcome())
        .interface(|wit| {
            let wit = wit.replace(
                "import log;",
                "import log;\n import wasi:cli/environment@0.2.3;",
            );
            format!(
                "{wit}\npackage wasi:cli@0.2.3 {{
                   interface environment {{
                     resource handle;
                     initial-cwd: func() -> u32;
                     look: func(at: borrow<handle>);
                   }}
                 }}"
            )
        })
        .import(r#"(import "wasi:cli/environment@0.2.3" "initial-cwd" (func $cwd (result i32)))"#)
}

#[test]
fn a_system_interface_that_is_never_called_does_no_harm() {
    assert_eq!(
        run(&system(""), ample(), Nothing).result,
        Ok(guest::outcome())
    );
}

#[test]
fn a_system_interface_that_is_called_is_named() {
    let error = ended(&system("(drop (call $cwd))"), ample());
    let name = "wasi:cli/environment@0.2.3#initial-cwd".to_owned();
    assert_eq!(error, RunError::System { name });
    assert!(error.help().contains("--stub-wasi"));
}

#[test]
fn another_import_is_refused() {
    let guest = Guest::new("unreachable")
        .interface(|wit| {
            let wit = wit.replace("import log;", "import log;\n import other:host/shell;");
            format!("{wit}\npackage other:host {{ interface shell {{ run: func(); }} }}")
        })
        .import(r#"(import "other:host/shell" "run" (func))"#);
    let name = "other:host/shell".to_owned();
    assert_eq!(
        refused(&guest.component()),
        PluginError::UnknownImport { name }
    );
}

#[test]
fn proposals_that_nobody_needs_are_off() {
    let fields = [
        "(memory i64 1)",
        "(func (result i32) (return_call 5))",
        "(memory 1 1 shared)",
        "(tag)",
        "(type (struct))",
        "(func (param (ref func)))",
        "(func (param v128) (result v128) (i32x4.relaxed_trunc_f32x4_s (local.get 0)))",
    ];
    for field in fields {
        let wasm = Guest::new("unreachable").with(field).component();
        let error = refused(&wasm);
        assert!(
            matches!(error, PluginError::Invalid { .. }),
            "{field}: {error:?}"
        );
    }
}

#[test]
fn proposals_that_toolchains_use_are_on() {
    let fields = [
        "(global i32 (i32.add (i32.const 1) (i32.const 2)))",
        "(table 1 funcref) (table 1 funcref)",
        "(func (param v128) (result v128) (i32x4.neg (local.get 0)))",
        "(func (param f64) (result i32) (i32.trunc_sat_f64_s (local.get 0)))",
        "(func (result i32 i32) (i32.const 1) (i32.extend8_s (i32.const 2)))",
    ];
    let guest = fields
        .iter()
        .fold(Guest::answering(&guest::outcome()), |guest, field| {
            guest.with(field)
        });
    assert_eq!(run(&guest, ample(), Nothing).result, Ok(guest::outcome()));
}

#[test]
fn deep_nesting_and_many_functions_compile_or_are_refused() {
    let deep = format!(
        "{} unreachable {}",
        "(block ".repeat(4_000),
        ")".repeat(4_000)
    );
    let mut guest = Guest::answering(&guest::outcome()).with(&format!("(func $deep {deep})"));
    for _ in 0..3_000 {
        guest = guest.with("(func (param i32) (result i32) (i32.add (local.get 0) (local.get 0)))");
    }
    assert_eq!(run(&guest, ample(), Nothing).result, Ok(guest::outcome()));
}

#[test]
fn the_same_component_is_compiled_once() {
    let engine = Engine::new(None);
    let wasm = Guest::answering(&guest::outcome()).component();
    let loaded: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| engine.load(&wasm))).collect();
        let joined = threads
            .into_iter()
            .map(|thread| thread.join().unwrap().unwrap());
        joined.collect()
    });
    assert!(loaded.iter().all(|one| Arc::ptr_eq(one, &loaded[0])));
    assert_eq!(loaded[0].interface(), "tidegate:check@0.1.0");
    assert!(loaded[0].notes().is_empty());
}
