//! The system's data about a process: memory and processor time.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result};

/// The ids of a process and, if they serve too, of its children.
pub fn family(id: u32, with_children: bool) -> Result<Vec<u32>> {
    let mut ids = vec![id];
    if with_children {
        for entry in std::fs::read_dir("/proc")? {
            let Ok(child) = entry?.file_name().to_string_lossy().parse::<u32>() else { continue };
            // It may have exited.
            if stat(child).is_ok_and(|fields| fields[1] == id.to_string()) {
                ids.push(child);
            }
        }
    }
    Ok(ids)
}

/// The private memory of the process.
///
/// # Errors
/// If the system doesn't report it.
pub fn resident_bytes(id: u32) -> Result<u64> {
    let path = PathBuf::from(format!("/proc/{id}/status"));
    let status = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")).context("VmRSS")?;
    Ok(kib.trim().parse::<u64>()? * 1024)
}

/// The processor time that a process has used.
///
/// # Errors
/// If the system doesn't report it.
pub fn cpu(id: u32) -> Result<Duration> {
    let fields = stat(id)?;
    let ticks: u64 = fields[11].parse::<u64>()? + fields[12].parse::<u64>()?;
    Ok(Duration::from_secs_f64(ticks as f64 / rustix::param::clock_ticks_per_second() as f64))
}

/// The fields of `/proc/ID/stat` after the program's name, which is in brackets and may contain
/// anything: the state, the parent, and so on.
fn stat(id: u32) -> Result<Vec<String>> {
    let path = PathBuf::from(format!("/proc/{id}/stat"));
    let stat = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let fields = stat.rsplit_once(')').context("stat")?.1.split_ascii_whitespace();
    Ok(fields.map(str::to_owned).collect())
}
