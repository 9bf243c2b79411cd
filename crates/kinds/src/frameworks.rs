//! Which frameworks a project uses, and how a fault is mended in them.

mod advice;
mod manifest;

use std::collections::BTreeSet;

use tidegate_core::ports::Files;

pub(crate) use advice::Topic;

/// A framework, library or service that a project builds on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Framework {
    /// Next.js
    Next,
    /// Remix, or React Router 7 as a framework
    Remix,
    /// SvelteKit
    SvelteKit,
    /// Express
    Express,
    /// Fastify
    Fastify,
    /// Koa
    Koa,
    /// Hono
    Hono,
    /// NestJS
    Nest,
    /// FastAPI
    FastApi,
    /// Django
    Django,
    /// Flask
    Flask,
    /// Ruby on Rails
    Rails,
    /// Laravel
    Laravel,
    /// axum
    Axum,
    /// Actix Web
    Actix,
    /// Supabase
    Supabase,
    /// Firebase
    Firebase,
    /// Prisma
    Prisma,
    /// Drizzle
    Drizzle,
}

/// The frameworks that a project uses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Frameworks(BTreeSet<Framework>);

impl Frameworks {
    /// Reads the manifests of a project; what cannot be read tells nothing.
    ///
    /// Looks through the whole folder: ask once there is something to advise about.
    pub(crate) fn detect(files: &dyn Files) -> Self {
        Self(manifest::found(files))
    }

    /// Whether the project uses it.
    #[cfg(test)]
    pub(crate) fn uses(&self, framework: Framework) -> bool {
        self.0.contains(&framework)
    }

    /// How to mend a fault: one sentence for everybody, then what to do in each framework.
    pub(crate) fn advice(&self, topic: Topic) -> String {
        let mut sentences = vec![topic.general()];
        for sentence in self.0.iter().filter_map(|one| topic.within(*one)) {
            if !sentences.contains(&sentence) {
                sentences.push(sentence);
            }
        }
        sentences.join(" ")
    }
}

#[cfg(test)]
mod tests;
