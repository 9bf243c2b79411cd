//! Ruby on Rails

use super::part::Part;
use super::{App, Serve, Told};

/// Whether a part is an app of Rails; an engine or a gem has no application.
pub(super) fn is_rails(part: &Part<'_, '_>) -> bool {
    part.needs_any(&["gem:rails", "gem:railties"]).is_some() && part.has("config/application.rb")
}

/// How it is built and started. `SECRET_KEY_BASE_DUMMY` stands for the key that only the deploy has; since
/// Rails 7.1.
pub(super) fn complete(part: &Part<'_, '_>, port: u16, app: &mut App) {
    let rails = if part.has("bin/rails") {
        "bin/rails"
    } else {
        "bundle exec rails"
    };
    let file = part.path("config/application.rb");
    let has_assets = part.needs_any(&[
        "gem:propshaft",
        "gem:sprockets-rails",
        "gem:sprockets",
        "gem:vite_rails",
    ]);
    if let Some(needed) = has_assets {
        let command =
            format!("RAILS_ENV=production SECRET_KEY_BASE_DUMMY=1 {rails} assets:precompile");
        app.build = Some(needed.told(command));
        let folder = if needed.name == "gem:vite_rails" {
            "public/vite"
        } else {
            "public/assets"
        };
        app.output.push(folder.to_owned());
    }
    let routes = part.first(&["config/routes.rb"]);
    let has = |what: &str| {
        let mut lines = routes.iter().flat_map(|(_, text)| text.lines());
        lines.any(|line| !line.trim_start().starts_with('#') && line.contains(what))
    };
    let ready = if has("rails/health#show") { "/up" } else { "/" };
    let mut lines = routes.iter().flat_map(|(_, text)| text.lines());
    let is_home = |line: &str| line.trim_start().starts_with("root ");
    app.home = lines.any(is_home).then(|| "/".to_owned());
    let environment = [
        ("SECRET_KEY_BASE_DUMMY", "1"),
        ("RAILS_SERVE_STATIC_FILES", "1"),
        ("RAILS_LOG_TO_STDOUT", "1"),
    ];
    let serve = Serve {
        command: format!("{rails} server -b 127.0.0.1 -p {port} -e production"),
        port,
        environment: environment
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec(),
        ready: ready.to_owned(),
    };
    let because = "it is an application of Rails; its production database has to be there";
    app.serve = Some(Told::new(serve, &file, because));
    let login = [
        ("devise_for :users", "/users/sign_in"),
        ("resource :session", "/session/new"),
    ];
    let login = login.iter().find(|(what, _)| has(what));
    if let (Some((what, path)), Some((file, _))) = (login, &routes) {
        app.login_page = Some(Told::new(
            (*path).to_owned(),
            file,
            format!("it has {what}"),
        ));
    }
}
