//! How people call frameworks, services and hosts.

use crate::project::{Host, Technology};

impl Technology {
    /// Its name as its makers write it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Next => "Next.js",
            Self::Remix => "Remix",
            Self::SvelteKit => "SvelteKit",
            Self::Vite => "Vite",
            Self::Express => "Express",
            Self::FastApi => "FastAPI",
            Self::Django => "Django",
            Self::Rails => "Ruby on Rails",
            Self::Laravel => "Laravel",
            Self::Supabase => "Supabase",
            Self::Firebase => "Firebase",
            Self::Stripe => "Stripe",
            Self::Lovable => "Lovable",
            Self::Bolt => "Bolt",
        }
    }
}

impl Host {
    /// Its name as it writes it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Vercel => "Vercel",
            Self::Netlify => "Netlify",
            Self::Render => "Render",
            Self::Fly => "Fly.io",
        }
    }
}
