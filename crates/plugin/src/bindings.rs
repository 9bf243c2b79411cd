//! What wasmtime makes of the interface in `wit/check.wit`.

wasmtime::component::bindgen!({
    path: "wit",
    world: "plugin",
    additional_derives: [PartialEq, Clone, serde::Serialize, serde::Deserialize],
});
