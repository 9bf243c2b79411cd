//! Pending: replaced by the module of the same name.
pub(crate) fn is_placeholder(_: &str) -> Option<&'static str> {
    None
}
