//! `admins`: creates, lists and revokes administrators.

use std::io::Write as _;
use std::process::ExitCode;

use super::arguments::{AdminsCommand, ListArgs, RoleArg};
use super::error::CliError;
use super::store::{existing, make};
use super::table::{Column, Table};
use crate::store::{AdminInfo, AdminRole};

/// Runs an `admins` command.
pub(super) async fn admins(command: AdminsCommand) -> Result<ExitCode, CliError> {
    match command {
        AdminsCommand::Create { data, name, role } => {
            let store = make(&data).await?;
            let key = store.create_admin(&name, role.into()).await?;
            store.close().await;
            writeln!(std::io::stdout(), "{key}")?;
        }
        AdminsCommand::List(ListArgs { data, json }) => {
            let store = existing(&data).await?;
            let admins = store.admins().await?;
            store.close().await;
            match json {
                true => admins.iter().try_for_each(write_as_json)?,
                false => table(&admins).print()?,
            }
        }
        AdminsCommand::Revoke { data, name } => {
            let store = existing(&data).await?;
            store.revoke_admin(&name).await?;
            store.close().await;
            writeln!(std::io::stdout(), "{name} is revoked")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn write_as_json(admin: &AdminInfo) -> std::io::Result<()> {
    let line = serde_json::json!({
        "name": admin.name,
        "role": admin.role.name(),
        "created_at_ms": admin.created_at_ms,
        "revoked_at_ms": admin.revoked_at_ms,
    });
    writeln!(std::io::stdout(), "{line}")
}

fn table(admins: &[AdminInfo]) -> Table<3> {
    let columns = ["name", "role", "state"].map(Column::Text);
    let mut table = Table::new(columns);
    for admin in admins {
        let state = if admin.revoked_at_ms.is_some() { "revoked" } else { "good" };
        table.push([admin.name.clone(), admin.role.name().into(), state.into()]);
    }
    table
}

impl From<RoleArg> for AdminRole {
    fn from(role: RoleArg) -> Self {
        match role {
            RoleArg::Viewer => Self::Viewer,
            RoleArg::Admin => Self::Admin,
        }
    }
}
