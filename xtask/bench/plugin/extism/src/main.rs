//! Measures Extism as `tidegate-plugin`'s example `engine` measures Tidegate: `extism-peer GUEST CONFIG CALLS` prints JSON.

use std::time::Instant;

use extism::{Manifest, Plugin, PluginBuilder, Wasm};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(guest), Some(config), Some(calls)) = (arguments.next(), arguments.next(), arguments.next()) else {
        return Err("usage: extism-peer GUEST CONFIG CALLS".into());
    };
    let calls: usize = calls.parse()?;
    let wasm = std::fs::read(guest)?;
    let config = std::fs::read_to_string(config)?;
    let manifest = Manifest::new([Wasm::data(wasm)]);

    let begun = Instant::now();
    let compiled = PluginBuilder::new(manifest).with_wasi(false).with_cache_disabled().compile()?;
    let compile = begun.elapsed();

    let (mut instantiate, mut call) = (Vec::new(), Vec::new());
    let mut answer = String::new();
    for _ in 0..calls {
        let begun = Instant::now();
        let mut plugin = Plugin::new_from_compiled(&compiled)?;
        instantiate.push(begun.elapsed().as_nanos() as u64);
        let begun = Instant::now();
        answer = plugin.call::<&str, String>("run", &config)?;
        call.push(begun.elapsed().as_nanos() as u64);
    }
    let told = serde_json::json!({
        "compile": [compile.as_nanos() as u64],
        "instantiate": instantiate,
        "call": call,
        "answer": answer,
    });
    println!("{told}");
    Ok(())
}
