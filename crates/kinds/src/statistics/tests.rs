//! What is concluded, held against the reference and against exact computation.

mod acceptance;
mod comparison;
mod control;
mod hostile;
mod kept;
mod procedure;
mod reference;
