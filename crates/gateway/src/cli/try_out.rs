//! `try`: makes something from the terminal, at any server of the documented API.
//!
//! Models and styles are accepted in any spelling. It must not know the protocol of the server.

pub(super) mod names;
pub(super) mod option;
mod part_file;
mod printable;
mod progress;
mod server;
pub(super) mod try_error;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ai_now_protocol::{Catalog, GenerateRequest, Scalars};

use self::part_file::PartFile;
use self::printable::printable;
use self::progress::ProgressLine;
use self::server::Server;
use self::try_error::TryError;
use super::arguments::{DEFAULT_SERVER, TryArgs};
use super::error::CliError;

/// What a shell expects of whoever was interrupted.
const INTERRUPTED: u8 = 130;

/// Does what a `try` command says.
pub(super) async fn try_out(arguments: TryArgs) -> Result<ExitCode, CliError> {
    let key = arguments.key.clone().filter(|key| !key.trim().is_empty()).ok_or(TryError::NoKey)?;
    // A blank variable is one that is not set, as for all settings.
    let server = match arguments.server.trim() {
        "" => DEFAULT_SERVER,
        server => server,
    };
    let server = Server::new(server, &key)?;
    tokio::select! {
        made = made(&server, arguments) => {
            made?;
            Ok(ExitCode::SUCCESS)
        }
        // Where nobody can be interrupted, nobody is.
        Ok(()) = tokio::signal::ctrl_c() => {
            tokio::select! {
                said = server.interrupt() => eprintln!("\n{said}"),
                // Whoever insists does not wait for an answer.
                _ = tokio::signal::ctrl_c() => {}
            }
            Ok(ExitCode::from(INTERRUPTED))
        }
    }
}

async fn made(server: &Server, arguments: TryArgs) -> Result<(), TryError> {
    let catalog = server.catalog().await?.unwrap_or(Catalog::BUILT_IN);
    let model = names::model(&catalog, &arguments.model);
    let style = arguments.style.map(|style| names::style(&catalog, &model, &style));
    let options = arguments.option.into_iter().collect::<Scalars>();
    let request = GenerateRequest { model, prompt: arguments.prompt, style, options };
    let order =
        request.check(&catalog).map_err(|invalid| TryError::Refused(invalid.to_string()))?;
    // Before anything is paid for: whether the file can be there at all.
    let (folder, named) = match arguments.out {
        Some(out) if out.is_dir() => (out, None),
        out => (PathBuf::new(), out),
    };
    if let Some(file) = &named {
        drop(PartFile::create(file).await?);
    }
    if !arguments.json {
        eprintln!("{}, {} tokens", order.model.name, order.price_tokens);
    }
    let mut line = ProgressLine::new();
    let made = server.generate(&request, |progress| line.show(progress)).await;
    line.end();
    let completed = made?;
    let url = server.absolute(completed.url.as_str())?;
    let file = named.unwrap_or_else(|| folder.join(named_after(url.path())));
    let bytes = server
        .download(&url, &file)
        .await
        .map_err(|error| TryError::NotSaved { url: url.to_string(), source: error.into() })?;
    let note = completed.note.map(|note| note.text.into_owned());
    if arguments.json {
        let told =
            serde_json::json!({"file": file, "bytes": bytes, "url": url.as_str(), "note": note});
        println!("{told}");
        return Ok(());
    }
    if let Some(note) = note {
        eprintln!("{}", printable(&note));
    }
    println!("{}", file.display());
    Ok(())
}

/// The result's own name.
fn named_after(path: &str) -> PathBuf {
    let name = path.rsplit('/').next().unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let name: String = name.chars().filter(|c| plain(*c)).collect();
    // A name from a server must neither leave the directory nor be hidden.
    let name = name.trim_start_matches('.');
    if name.is_empty() { PathBuf::from("result") } else { Path::new(name).to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_after_the_result_and_stays_here() {
        for (path, name) in [
            ("/media/a-lake-x7.mp4", "a-lake-x7.mp4"),
            ("/media/..", "result"),
            ("/a/.bashrc", "bashrc"),
            ("/a/%2e%2e%2fx", "2e2e2fx"),
            ("", "result"),
        ] {
            assert_eq!(named_after(path), Path::new(name), "{path}");
        }
    }
}
