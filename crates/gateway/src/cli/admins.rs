//! `admins`: made, listed, revoked.

use std::io::Write as _;
use std::process::ExitCode;

use super::arguments::{AdminsCommand, RoleArg};
use super::error::CliError;
use super::store::{existing, make};
use crate::store::{AdminInfo, Role};

/// Does what an `admins` command says.
pub(super) async fn admins(command: AdminsCommand) -> Result<ExitCode, CliError> {
    match command {
        AdminsCommand::Create { data, name, role } => {
            let store = make(&data.data).await?;
            let key = store.create_admin(&name, role.into()).await?;
            store.close().await;
            writeln!(std::io::stdout(), "{key}")?;
        }
        AdminsCommand::List { data } => {
            let store = existing(&data.data).await?;
            for admin in store.admins().await? {
                write_admin(&admin)?;
            }
            store.close().await;
        }
        AdminsCommand::Revoke { data, name } => {
            let store = existing(&data.data).await?;
            store.revoke_admin(&name).await?;
            store.close().await;
            writeln!(std::io::stdout(), "{name} is revoked")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn write_admin(admin: &AdminInfo) -> std::io::Result<()> {
    let revoked = if admin.revoked_at_ms.is_some() { "revoked" } else { "good" };
    writeln!(std::io::stdout(), "{}\t{}\t{revoked}", admin.name, admin.role.name())
}

impl From<RoleArg> for Role {
    fn from(role: RoleArg) -> Self {
        match role {
            RoleArg::Viewer => Self::Viewer,
            RoleArg::Admin => Self::Admin,
        }
    }
}
