//! Which frameworks a project uses, and how a fault is mended in them.

mod advice;
mod manifest;

use std::collections::BTreeSet;

use tidegate_core::finding::Finding;
use tidegate_core::ports::Files;

pub(crate) use advice::Topic;
pub use manifest::{Broken, Dependency, Manifest, Need};

/// A framework, library or service that a project builds on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Framework {
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

impl Framework {
    /// The framework that a package of this name belongs to; a gem's name begins with `gem:`.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "next" => Self::Next,
            "@remix-run/node"
            | "@remix-run/react"
            | "@remix-run/server-runtime"
            | "@react-router/node"
            | "@react-router/dev" => Self::Remix,
            "@sveltejs/kit" => Self::SvelteKit,
            "express" => Self::Express,
            "fastify" => Self::Fastify,
            "koa" => Self::Koa,
            "hono" | "@hono/zod-openapi" => Self::Hono,
            "@nestjs/core" | "@nestjs/common" => Self::Nest,
            "fastapi" | "fastapi-slim" => Self::FastApi,
            "django" | "djangorestframework" => Self::Django,
            "flask" => Self::Flask,
            "gem:rails" => Self::Rails,
            "laravel/framework" | "laravel/lumen-framework" => Self::Laravel,
            "axum" => Self::Axum,
            "actix-web" => Self::Actix,
            "@supabase/supabase-js" | "@supabase/ssr" | "supabase" => Self::Supabase,
            "firebase" | "firebase-admin" => Self::Firebase,
            "prisma" | "@prisma/client" => Self::Prisma,
            "drizzle-orm" => Self::Drizzle,
            _ => return None,
        })
    }
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

    /// What to do in each framework, where that says more than what is right everywhere.
    fn within(&self, topic: Topic) -> Vec<&'static str> {
        let mut sentences: Vec<&'static str> = Vec::new();
        for sentence in self.0.iter().filter_map(|one| topic.within(*one)) {
            if !sentences.contains(&sentence) {
                sentences.push(sentence);
            }
        }
        sentences
    }
}

/// Ends the advice of each finding with what to do in the frameworks that the project uses. Only a
/// finding without advice of its own gets what is right everywhere; one without a topic stays as it is.
pub(crate) fn advise(
    findings: &mut [Finding],
    files: &dyn Files,
    topic_of: impl Fn(&Finding) -> Option<Topic>,
) {
    if findings.is_empty() {
        return;
    }
    let frameworks = Frameworks::detect(files);
    for finding in findings {
        let Some(topic) = topic_of(finding) else {
            continue;
        };
        let own = Some(finding.advice.as_str()).filter(|own| !own.is_empty());
        let mut sentences = vec![own.unwrap_or(topic.general())];
        sentences.extend(frameworks.within(topic));
        finding.advice = sentences.join(" ");
    }
}

#[cfg(test)]
mod tests;
