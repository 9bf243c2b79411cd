//! Routes that are declared by calls: Express, Fastify, Koa and Hono.

mod calls;
mod handlers;
mod module;
mod names;
mod project;
mod routers;

pub(super) use module::Module;
pub(super) use project::Project;

#[cfg(test)]
mod tests;
