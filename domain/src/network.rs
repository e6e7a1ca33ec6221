//! From where staff may work: each surface answers callers in the networks listed for it, and all callers while none is.

use std::{net::IpAddr, str::FromStr};

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::permission::{Dashboard, Permission, dashboards};

/// A part of the product that can be closed to strangers' networks. The customers' portal never is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Surface {
    /// Staff who serve customers.
    Corporate,
    /// IT administrators.
    Admin,
}

impl Surface {
    /// Stable key.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Corporate => "corporate",
            Self::Admin => "admin",
        }
    }
}

impl FromStr for Surface {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "corporate" => Ok(Self::Corporate),
            "admin" => Ok(Self::Admin),
            other => Err(format!("unknown surface `{other}`")),
        }
    }
}

/// A network that a surface answers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// The surface.
    pub surface: Surface,
    /// The network.
    pub network: IpNet,
}

/// The surfaces that somebody with these permissions works on. Every permission over what is not one's own belongs to one,
/// save the two that programs outside need: posting mail and reading counters.
#[must_use]
pub fn surfaces(permissions: &[Permission]) -> Vec<Surface> {
    let program = [Permission::MailIngest, Permission::MetricsView];
    let mut surfaces: Vec<Surface> = dashboards(permissions)
        .into_iter()
        .filter_map(|dashboard| match dashboard {
            Dashboard::Client => None,
            Dashboard::Corporate => Some(Surface::Corporate),
            Dashboard::Admin => Some(Surface::Admin),
        })
        .collect();
    if surfaces.is_empty() && permissions.iter().any(|p| !p.is_own() && !program.contains(p)) {
        surfaces.push(Surface::Corporate);
    }
    surfaces
}

/// The surface that does not answer `caller`; `None` when all of these do. Who cannot be placed is outside every network.
#[must_use]
pub fn closed(rules: &[Rule], surfaces: &[Surface], caller: Option<IpAddr>) -> Option<Surface> {
    surfaces.iter().copied().find(|surface| {
        let mut listed = rules.iter().filter(|rule| rule.surface == *surface).peekable();
        listed.peek().is_some()
            && !listed.any(|rule| caller.is_some_and(|ip| rule.network.contains(&ip.to_canonical())))
    })
}

/// Reads a network or a single address. What lies behind the prefix must be zero, so that a slip of the pen is noticed.
///
/// # Errors
/// A sentence that says what is wrong.
pub fn parse(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    let network = match text.parse::<IpAddr>() {
        Ok(address) => IpNet::from(address.to_canonical()),
        Err(_) => text
            .parse::<IpNet>()
            .map_err(|_| "Write a network such as 10.20.0.0/16 or 2001:db8::/32, or one address.".to_owned())?,
    };
    if network.trunc() != network {
        return Err(format!("The network of this length is {}.", network.trunc()));
    }
    Ok(network)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(surface: Surface, network: &str) -> Rule {
        Rule {
            surface,
            network: parse(network).unwrap(),
        }
    }

    #[test]
    fn a_surface_answers_its_networks_and_all_while_it_has_none() {
        let rules = [
            rule(Surface::Admin, "10.8.0.0/16"),
            rule(Surface::Admin, "2001:db8::/32"),
        ];
        let at = |surface, ip: &str| closed(&rules, &[surface], ip.parse().ok());
        for inside in ["10.8.3.4", "2001:db8::7", "::ffff:10.8.3.4"] {
            assert_eq!(at(Surface::Admin, inside), None, "{inside}");
        }
        for outside in ["10.9.0.1", "2001:db9::1", "unknown"] {
            assert_eq!(at(Surface::Admin, outside), Some(Surface::Admin), "{outside}");
        }
        assert_eq!(at(Surface::Corporate, "10.9.0.1"), None);
        assert_eq!(closed(&rules, &[], "10.9.0.1".parse().ok()), None);
    }

    #[test]
    fn staff_works_on_a_surface_whatever_it_may() {
        use Permission::{MailIngest, MetricsView, NetworksEdit, TicketsOwn, TicketsView, TokensOwn, UsersView};
        assert!(surfaces(&[TicketsOwn, TokensOwn]).is_empty());
        assert!(surfaces(&[MailIngest, MetricsView]).is_empty());
        assert_eq!(
            surfaces(&[TicketsView, UsersView]),
            [Surface::Corporate, Surface::Admin]
        );
        assert_eq!(surfaces(&[NetworksEdit, TokensOwn]), [Surface::Corporate]);
    }

    #[test]
    fn slips_of_the_pen_are_noticed() {
        assert_eq!(parse(" 10.0.0.1 ").unwrap().to_string(), "10.0.0.1/32");
        assert_eq!(parse("::ffff:10.0.0.1").unwrap().to_string(), "10.0.0.1/32");
        assert!(parse("10.0.0.1/8").unwrap_err().contains("10.0.0.0/8"));
        for wrong in ["", "10.0.0.0/33", "10.0.0", "vpn", "10.0.0.0/-1"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
