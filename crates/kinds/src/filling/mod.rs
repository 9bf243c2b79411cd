//! Values for what a request needs: declared, out of earlier answers, or from the document.

pub(crate) mod caution;
mod fill;
mod harvest;

pub(crate) use fill::{Filled, Filler, encoded};
pub(crate) use harvest::Harvest;
