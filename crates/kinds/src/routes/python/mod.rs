//! Routes that are declared by decorators: FastAPI, and Flask where it is written alike.

mod calls;
mod module;
mod project;

pub(super) use module::Module;
pub(super) use project::Project;

#[cfg(test)]
mod tests;
