//! The words of plugins, where the text of a guest looks for them.

pub(crate) use tidegate_plugin::interface::{http, types};
