//! A program of the operator's as a provider: the way to models that run on this machine.
//!
//! It gets the request as JSON on its standard input and answers with one JSON object per line on
//! its standard output; `docs/providers.md` has the format. It is started without a shell, in a
//! working directory of its own that is removed afterwards, and in its own process group, so that
//! it is ended together with its children. The file that it names must be in that directory.

mod running;
mod working_dir;

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use ai_now_protocol::event::Progress;
use ai_now_protocol::{Format, MediaKind, Message, Model};
use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::io::{AsyncWriteExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use self::running::{Running, Said, log};
use self::working_dir::WorkingDir;
use super::error::{ErrorKind, OpenError, ProviderError};
use super::picture::Picture;
use super::provider::{Job, MediaContent, Output, Provider, Task};
use super::result::{ResultError, Taking};
use super::service::Service;
use super::settings::checks::SettingError;
use super::settings::limits::LimitSettings;
use super::takes::Takes;
use super::text;
use crate::media::{Media, PictureFormat, Unfinished};
use crate::store::SubmissionState;

/// The settings of a provider of kind `command`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The program: an absolute path. It is started without a shell.
    pub program: PathBuf,
    /// Its arguments.
    #[serde(default)]
    pub args: Vec<String>,
    /// The environment variables that it gets, besides PATH, HOME and LANG.
    #[serde(default)]
    pub env: Vec<String>,
}

impl Service for Settings {
    /// A program is told everything, and given the file as it is.
    fn takes(&self, _: &Model, _: &str) -> Takes {
        Takes::Anything
    }

    fn picture_formats(&self) -> &'static [PictureFormat] {
        PictureFormat::ALL
    }

    fn base_url(&self) -> &'static str {
        ""
    }

    fn key_env(&self) -> &'static str {
        ""
    }

    fn makes(&self, _: MediaKind) -> bool {
        true
    }

    fn check(&self) -> Result<(), SettingError> {
        if self.program.is_absolute() {
            return Ok(());
        }
        Err(SettingError::new("program", "it must be an absolute path"))
    }
}

/// A program of the operator's.
pub struct Program {
    name: String,
    limits: LimitSettings,
    own: Settings,
    /// The parent of the working directories.
    work: PathBuf,
}

/// How long a program may run on after its last message.
const END: Duration = Duration::from_secs(10);

/// The variables that it gets from our environment.
const ENVIRONMENT: [&str; 3] = ["PATH", "HOME", "LANG"];

/// How often a program is started for one generation if the gateway was killed while it ran.
const STARTS: u32 = 2;

/// One line of the program's output.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Line {
    progress: Option<f64>,
    step: Option<String>,
    eta_secs: Option<u32>,
    file: Option<PathBuf>,
    note: Option<String>,
    error: Option<String>,
    /// With `error`: its kind.
    kind: Option<String>,
}

impl Provider for Program {
    fn make(&self, task: Task) -> BoxFuture<'_, Result<Output, ProviderError>> {
        Box::pin(self.make(task))
    }
}

impl Program {
    pub(super) fn open(
        name: &str,
        limits: &LimitSettings,
        own: &Settings,
        data: &Path,
    ) -> Result<Self, OpenError> {
        usable(&own.program)?;
        let work = data.join("work").join(name);
        let unusable = |error| OpenError::WorkingDirectory { path: work.clone(), source: error };
        // Left by a killed gateway, and useless.
        match std::fs::remove_dir_all(&work) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(unusable(error)),
            _ => {}
        }
        std::fs::create_dir_all(&work).map_err(unusable)?;
        let work = work.canonicalize().map_err(unusable)?;
        Ok(Self { name: name.to_owned(), limits: limits.clone(), own: own.clone(), work })
    }

    async fn make(&self, task: Task) -> Result<Output, ProviderError> {
        if let SubmissionState::Unclear(starts @ STARTS..) = task.record.read().await? {
            tracing::error!(provider = self.name, starts, "the gateway ended while it ran");
            let message = format!("{} was interrupted twice. Try again later.", self.name);
            return Err(ProviderError::permanent(message));
        }
        task.record.intend().await?;
        task.record.begun().await?;
        let made = self.run(&task).await;
        if matches!(made, Err(ProviderError::Stopped)) {
            // It was stopped in order, and does not count as a start.
            task.record.not_taken().await?;
        }
        made
    }

    async fn run(&self, task: &Task) -> Result<Output, ProviderError> {
        let no_room = |error: io::Error| {
            tracing::error!(%error, provider = self.name, "no working directory");
            ProviderError::transient("The gateway has no room to work in. Try again later.")
        };
        let dir = WorkingDir::new(&self.work, &task.job.id).await.map_err(no_room)?;
        if let Some(picture) = &task.job.picture {
            let path = dir.path().join(picture_name(picture));
            tokio::fs::write(path, &picture.bytes).await.map_err(no_room)?;
        }
        let mut running = Running::new(self.start(&dir).map_err(|error| {
            tracing::error!(%error, provider = self.name, "the program can't be started");
            ProviderError::unavailable(format!(
                "{} can't be started. Tell whoever runs this gateway.",
                self.name
            ))
        })?);
        let asked = words_of(&task.job);
        let stderr = running.child.stderr.take();
        let log = stderr.map(|stderr| tokio::spawn(log(self.name.clone(), asked, stderr)));
        let timeout_secs = self.limits.timeout_secs;
        let limit = Duration::from_secs(timeout_secs);
        let made = tokio::select! {
            made = timeout(limit, self.talk(task, &dir, &mut running.child)) => made.unwrap_or_else(|_| {
                Err(ProviderError::too_slow(&self.name, timeout_secs))
            }),
            () = task.stop.cancelled() => Err(ProviderError::Stopped),
        };
        running.end().await;
        if let Some(log) = log {
            log.abort();
        }
        dir.remove().await;
        made
    }

    fn start(&self, dir: &WorkingDir) -> io::Result<Child> {
        let passed = ENVIRONMENT.into_iter().chain(self.own.env.iter().map(String::as_str));
        let environment: HashMap<_, _> =
            passed.filter_map(|name| Some((name.to_owned(), std::env::var_os(name)?))).collect();
        let mut command = Command::new(&self.own.program);
        command
            .args(&self.own.args)
            .current_dir(dir.path())
            .env_clear()
            .envs(environment)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        #[cfg(unix)]
        command.process_group(0);
        command.spawn()
    }

    /// Sends it the request, reads its messages, and takes its file.
    async fn talk(
        &self,
        task: &Task,
        dir: &WorkingDir,
        child: &mut Child,
    ) -> Result<Output, ProviderError> {
        let broken = |error: io::Error| {
            tracing::warn!(%error, provider = self.name, "the program can't be talked to");
            ProviderError::transient(format!(
                "{} ended without a result. Try again later.",
                self.name
            ))
        };
        if let Some(mut stdin) = child.stdin.take() {
            let request = self.request(&task.job, dir);
            // A program that does not read its request may still answer.
            let _ = stdin.write_all(request.as_bytes()).await;
        }
        let stdout = child.stdout.take().ok_or_else(|| broken(io::Error::other("no output")))?;
        let mut said = Said::new(BufReader::new(stdout));
        let (mut file, mut note) = (None, None);
        while let Some(line) = said.next(child).await.map_err(broken)? {
            // Programs print all sorts of things; lines that are none of our objects are ignored.
            let Ok(line) = serde_json::from_slice::<Line>(&line) else { continue };
            if let Some(error) = line.error {
                let kind = match line.kind.as_deref() {
                    Some("content_policy") => ErrorKind::ContentPolicy,
                    Some("transient") => ErrorKind::Transient,
                    _ => ErrorKind::Permanent,
                };
                return Err(ProviderError::failed(&self.name, &error, None, kind));
            }
            if line.file.is_some() {
                (file, note) = (line.file, line.note);
            } else if line.progress.is_some() || line.step.is_some() || line.eta_secs.is_some() {
                task.reporter.report(Progress {
                    progress: line.progress.filter(|p| p.is_finite()).map(|p| p.clamp(0.0, 1.0)),
                    step: line.step.map(|step| Message::text(text::plain(&step, None))),
                    eta_secs: line.eta_secs,
                    queue_position: None,
                });
            }
        }
        let status = timeout(END, child.wait()).await.map_err(|e| broken(e.into()))?;
        let status = status.map_err(broken)?;
        let Some(file) = file.filter(|_| status.success()) else {
            return Err(broken(io::Error::other(format!("{status}"))));
        };
        self.taken_over(task, dir, file, note).await
    }

    /// Takes over the file that the program names.
    async fn taken_over(
        &self,
        task: &Task,
        dir: &WorkingDir,
        file: PathBuf,
        note: Option<String>,
    ) -> Result<Output, ProviderError> {
        let media = task.media.clone();
        let taking = Taking::new(task.job.model.kind, &self.limits);
        let work = dir.path().to_owned();
        let taken = tokio::task::spawn_blocking(move || take(&work, &file, &taking, &media)).await;
        let taken = taken.unwrap_or_else(|error| Err(io::Error::other(error).into()));
        let (file, format) = taken.map_err(|error| {
            tracing::warn!(provider = self.name, generation = task.job.id, %error, "no result");
            ProviderError::unusable_result(&self.name, error)
        })?;
        let note = note.map(|note| Message::text(text::plain(&note, None)));
        Ok(Output {
            content: MediaContent::File(file),
            format,
            note,
            procedural: false,
            billed_ms: None,
        })
    }

    fn request(&self, job: &Job, dir: &WorkingDir) -> String {
        let style = job
            .style()
            .map(|style| json!({"value": style.value, "name": style.name, "words": style.words}));
        let request = json!({
            "version": 1,
            "id": job.id,
            "model": job.model.id,
            "kind": job.model.kind,
            "prompt": job.prompt,
            "style": style,
            "phrased": job.phrased(),
            "seed": job.seed(),
            "options": job.own_options(),
            "picture": job.picture.as_ref().map(picture_name),
            "directory": dir.path(),
        });
        format!("{request}\n")
    }
}

/// What somebody wrote for a job: the prompt, and options that are texts.
fn words_of(job: &Job) -> Vec<String> {
    let options = job.own_options();
    let texts = options.values().filter_map(|value| value.as_text().map(str::to_owned));
    std::iter::once(job.prompt.clone()).chain(texts).collect()
}

/// The name of a visitor's picture in the working directory.
fn picture_name(picture: &Picture) -> String {
    format!("picture.{}", picture.format.extension())
}

/// Checks that a program can be started, without starting it.
pub(super) fn usable(program: &Path) -> Result<(), OpenError> {
    let about = std::fs::metadata(program)
        .map_err(|error| OpenError::NoProgram { path: program.to_owned(), source: error })?;
    #[cfg(unix)]
    let runs = std::os::unix::fs::PermissionsExt::mode(&about.permissions()) & 0o111 != 0;
    #[cfg(not(unix))]
    let runs = true;
    if about.is_file() && runs {
        return Ok(());
    }
    Err(OpenError::NotRunnable(program.to_owned()))
}

/// Takes the file that the program named: a regular file within its directory, of the requested
/// kind.
fn take(
    work: &Path,
    file: &Path,
    taking: &Taking,
    media: &Media,
) -> Result<(Unfinished, Format), ResultError> {
    let missing = |_| ResultError::NoFile;
    let path = work.join(file).canonicalize().map_err(missing)?;
    // After resolving links: it must have been made here, not just linked here.
    if !path.starts_with(work) {
        return Err(ResultError::FileElsewhere);
    }
    let about = path.metadata().map_err(missing)?;
    if !about.is_file() {
        return Err(ResultError::NotAFile);
    }
    taking.check_size(about.len())?;
    let format = taking.inspect(&path)?;
    let unfinished = media.unfinished();
    if std::fs::rename(&path, unfinished.path()).is_err() {
        // Another file system, or one where it may not be moved.
        std::fs::copy(&path, unfinished.path())?;
    }
    Ok((unfinished, format))
}
