//! What wasmtime makes of the interface in `wit/check.wit`.

wasmtime::component::bindgen!({
    path: "wit",
    world: "plugin",
    // An import can end the call: that is what happens beyond a limit.
    imports: { default: trappable },
    additional_derives: [PartialEq, Clone, serde::Serialize, serde::Deserialize],
});
