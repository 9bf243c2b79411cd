mod hostile;
mod monorepo;
mod near_misses;
mod production;
mod scaffolds;
mod servers;
mod variables;

use std::fmt::Write as _;

use tidegate_testkit::machine::Folder;

use super::*;

/// What is read of these files.
fn project(files: &[(&str, &str)]) -> Project {
    read(&Folder::of(files.iter().copied()))
}

/// The only app of these files.
fn only(files: &[(&str, &str)]) -> App {
    let mut project = project(files);
    assert_eq!(project.unread, Vec::<String>::new());
    assert_eq!(project.apps.len(), 1, "{project:#?}");
    project.apps.remove(0)
}

fn technologies(app: &App) -> Vec<Technology> {
    app.technologies.iter().map(|told| told.value).collect()
}

fn command(app: &App) -> &str {
    app.serve.as_ref().map_or("", |told| &told.value.command)
}

/// A project as a person would be told of it.
fn page(project: &Project) -> String {
    let mut page = String::new();
    for app in &project.apps {
        tell_app(&mut page, app);
    }
    for fault in &project.unread {
        let _ = writeln!(page, "unread: {fault}");
    }
    page
}

fn tell_app(page: &mut String, app: &App) {
    fn line<T: std::fmt::Debug>(page: &mut String, what: &str, told: Option<&Told<T>>) {
        if let Some(told) = told {
            let _ = writeln!(
                page,
                "  {what}: {:?} ({}: {})",
                told.value, told.file, told.because
            );
        }
    }
    let _ = writeln!(
        page,
        "{} in {:?}{}",
        app.name,
        app.folder,
        if app.single_page { ", one page" } else { "" }
    );
    for told in &app.technologies {
        line(page, "built with", Some(told));
    }
    for told in &app.hosts {
        line(page, "hosted by", Some(told));
    }
    line(page, "manager", app.manager.as_ref());
    line(page, "install", app.install.as_ref());
    line(page, "build", app.build.as_ref());
    line(page, "serve", app.serve.as_ref());
    if !app.output.is_empty() {
        let _ = writeln!(page, "  output: {}", app.output.join(" "));
    }
    line(page, "document", app.document.as_ref());
    line(page, "served document", app.served_document.as_ref());
    line(page, "api", app.api.as_ref());
    line(page, "login page", app.login_page.as_ref());
    line(page, "login route", app.login_route.as_ref());
    line(page, "records", app.records.as_ref());
    for told in &app.variables {
        line(page, "variable", Some(told));
    }
    line(page, "production", app.production.as_ref());
}

#[test]
fn an_empty_folder_has_no_app() {
    assert_eq!(project(&[]), Project::default());
    assert_eq!(
        project(&[("README.md", "# Notes"), ("notes/a.txt", "x")]),
        Project::default()
    );
}
