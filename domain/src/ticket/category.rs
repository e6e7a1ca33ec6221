//! What tickets are about: a tree of categories, and where a category sends its tickets.

use std::collections::HashMap;

use uuid::Uuid;

use super::{Priority, tags};

/// Levels of the tree.
pub const DEPTH_MAX: usize = 4;
/// Categories there may be, retired ones included.
pub const COUNT_MAX: usize = 500;
/// Longest name in one language, in characters.
pub const NAME_MAX: usize = 80;
/// Longest description in one language, in characters.
pub const DESCRIPTION_MAX: usize = 500;
/// Most skills of a category.
pub const SKILLS_MAX: usize = 10;

/// A category as the rules see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Id.
    pub id: Uuid,
    /// The category above it.
    pub parent: Option<Uuid>,
    /// New tickets may have it.
    pub active: bool,
    /// Tickets that name none have it.
    pub default: bool,
    /// Where its tickets go; `None` = as the category above it.
    pub group: Option<Uuid>,
    /// How urgent its tickets begin; `None` = as the category above it.
    pub priority: Option<Priority>,
    /// What whoever gets them should know; none = as the category above it.
    pub skills: Vec<String>,
}

/// Where a category sends its tickets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Routing {
    /// Group.
    pub group: Option<Uuid>,
    /// Priority.
    pub priority: Option<Priority>,
    /// Skills.
    pub skills: Vec<String>,
}

/// Something that a tree of categories does not take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such category.
    #[error("there is no such category")]
    Unknown,
    /// New tickets take it no longer.
    #[error("this category is retired")]
    Retired,
    /// It would be above itself.
    #[error("a category cannot be put below itself")]
    Cycle,
    /// Too many levels.
    #[error("categories have {DEPTH_MAX} levels at most")]
    TooDeep,
    /// Too many categories.
    #[error("there may be {COUNT_MAX} categories at most")]
    TooMany,
    /// Those below it are in use.
    #[error("retire the categories below it first")]
    ChildrenActive,
    /// Tickets that name none need it.
    #[error("the default category stays in use: make another one the default first")]
    DefaultStays,
}

impl Refusal {
    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unknown => "unknown_category",
            Self::Retired => "category_retired",
            Self::Cycle => "category_cycle",
            Self::TooDeep => "category_too_deep",
            Self::TooMany => "too_many_categories",
            Self::ChildrenActive => "category_has_children",
            Self::DefaultStays => "default_category",
        }
    }
}

/// All categories.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    nodes: HashMap<Uuid, Node>,
}

impl Tree {
    /// Of these.
    #[must_use]
    pub fn new(nodes: impl IntoIterator<Item = Node>) -> Self {
        Self {
            nodes: nodes.into_iter().map(|node| (node.id, node)).collect(),
        }
    }

    /// A category and those above it, up to the root; ends also where stored data went round.
    #[must_use]
    pub fn path(&self, id: Uuid) -> Vec<Uuid> {
        let mut path = Vec::new();
        let mut next = self.nodes.get(&id);
        while let Some(node) = next.filter(|node| !path.contains(&node.id)) {
            path.push(node.id);
            next = node.parent.and_then(|parent| self.nodes.get(&parent));
        }
        path
    }

    /// Levels from this category down to the lowest below it; a leaf has one.
    #[must_use]
    pub fn height(&self, id: Uuid) -> usize {
        let above = self.path(id).len();
        let below = self.nodes.keys().map(|other| self.path(*other));
        let longest = below.filter(|path| path.contains(&id)).map(|path| path.len()).max();
        longest.map_or(1, |longest| longest + 1 - above)
    }

    /// A new category may come below `parent`.
    ///
    /// # Errors
    /// The [`Refusal`].
    pub fn may_add(&self, parent: Option<Uuid>) -> Result<(), Refusal> {
        if self.nodes.len() >= COUNT_MAX {
            return Err(Refusal::TooMany);
        }
        self.may_hold(parent, 1)
    }

    /// A category may be put below `parent`, or to the top.
    ///
    /// # Errors
    /// The [`Refusal`].
    pub fn may_move(&self, id: Uuid, parent: Option<Uuid>) -> Result<(), Refusal> {
        let node = self.nodes.get(&id).ok_or(Refusal::Unknown)?;
        if node.parent == parent {
            return Ok(());
        }
        if parent.is_some_and(|parent| self.path(parent).contains(&id)) {
            return Err(Refusal::Cycle);
        }
        if node.active {
            self.may_hold(parent, self.height(id))
        } else {
            self.fits(parent, self.height(id))
        }
    }

    /// What is in use stands below what is in use.
    fn may_hold(&self, parent: Option<Uuid>, height: usize) -> Result<(), Refusal> {
        if let Some(above) = parent.and_then(|parent| self.nodes.get(&parent))
            && !above.active
        {
            return Err(Refusal::Retired);
        }
        self.fits(parent, height)
    }

    fn fits(&self, parent: Option<Uuid>, height: usize) -> Result<(), Refusal> {
        let above = match parent {
            Some(parent) if !self.nodes.contains_key(&parent) => return Err(Refusal::Unknown),
            Some(parent) => self.path(parent).len(),
            None => 0,
        };
        if above + height > DEPTH_MAX {
            Err(Refusal::TooDeep)
        } else {
            Ok(())
        }
    }

    /// A category may be retired, or taken into use again.
    ///
    /// # Errors
    /// The [`Refusal`].
    pub fn may_be_active(&self, id: Uuid, active: bool, default: bool) -> Result<(), Refusal> {
        let node = self.nodes.get(&id).ok_or(Refusal::Unknown)?;
        if active {
            return self.may_hold(node.parent, 1);
        }
        if default || node.default {
            return Err(Refusal::DefaultStays);
        }
        let in_use = |child: &&Node| child.parent == Some(id) && child.active;
        if self.nodes.values().find(in_use).is_some() {
            return Err(Refusal::ChildrenActive);
        }
        Ok(())
    }

    /// The category that a person chose for a ticket.
    ///
    /// # Errors
    /// [`Refusal::Unknown`], [`Refusal::Retired`].
    pub fn chosen(&self, id: Uuid) -> Result<Uuid, Refusal> {
        match self.nodes.get(&id) {
            None => Err(Refusal::Unknown),
            Some(node) if !node.active => Err(Refusal::Retired),
            Some(node) => Ok(node.id),
        }
    }

    /// The category that a ticket begins in when nobody chose one: that of its mailbox while it is in use, or the default.
    #[must_use]
    pub fn first(&self, mailbox: Option<Uuid>) -> Option<Uuid> {
        let own = mailbox.and_then(|id| self.nodes.get(&id)).filter(|node| node.active);
        own.or_else(|| self.nodes.values().find(|node| node.default))
            .map(|node| node.id)
    }

    /// Where a category sends its tickets: each part as the nearest category says that says something.
    #[must_use]
    pub fn routing(&self, id: Uuid) -> Routing {
        let mut routing = Routing::default();
        for node in self.path(id).iter().filter_map(|id| self.nodes.get(id)) {
            routing.group = routing.group.or(node.group);
            routing.priority = routing.priority.or(node.priority);
            if routing.skills.is_empty() {
                routing.skills.clone_from(&node.skills);
            }
        }
        routing
    }
}

/// A name as it is kept.
#[must_use]
pub fn name(text: &str) -> Option<String> {
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let length = name.chars().count();
    ((1..=NAME_MAX).contains(&length) && !name.chars().any(char::is_control)).then_some(name)
}

/// Skills as they are kept: in the one form of tags, each once.
#[must_use]
pub fn skills(texts: &[String]) -> Option<Vec<String>> {
    let mut found = Vec::new();
    for text in texts {
        let skill = tags::tag(text).ok()?;
        if !found.contains(&skill) {
            found.push(skill);
        }
    }
    (found.len() <= SKILLS_MAX).then_some(found)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    fn node(n: u128, parent: Option<u128>) -> Node {
        Node {
            id: id(n),
            parent: parent.map(id),
            active: true,
            default: false,
            group: None,
            priority: None,
            skills: Vec::new(),
        }
    }

    #[test]
    fn each_part_of_the_routing_comes_from_the_nearest_that_says_it() {
        let mut nodes = vec![node(1, None), node(2, Some(1)), node(3, Some(2))];
        nodes[0].group = Some(id(90));
        nodes[0].priority = Some(Priority::Low);
        nodes[1].priority = Some(Priority::High);
        nodes[1].skills = vec!["dns".to_owned()];
        let tree = Tree::new(nodes);
        let routing = tree.routing(id(3));
        assert_eq!(routing.group, Some(id(90)));
        assert_eq!(routing.priority, Some(Priority::High));
        assert_eq!(routing.skills, ["dns"]);
        assert_eq!(tree.routing(id(8)), Routing::default());
    }

    #[test]
    fn what_is_in_use_does_not_stand_below_what_is_retired() {
        let mut nodes = vec![node(1, None), node(2, Some(1)), node(3, None)];
        assert_eq!(
            Tree::new(nodes.clone()).may_be_active(id(1), false, false),
            Err(Refusal::ChildrenActive)
        );
        nodes[2].active = false;
        let tree = Tree::new(nodes.clone());
        assert_eq!(tree.may_add(Some(id(3))), Err(Refusal::Retired));
        assert_eq!(tree.may_move(id(2), Some(id(3))), Err(Refusal::Retired));
        assert_eq!(tree.chosen(id(3)), Err(Refusal::Retired));
        assert_eq!(tree.chosen(id(7)), Err(Refusal::Unknown));
        nodes[0].default = true;
        let tree = Tree::new(nodes);
        assert_eq!(tree.may_be_active(id(1), false, false), Err(Refusal::DefaultStays));
        assert_eq!(tree.first(Some(id(3))), Some(id(1)), "a retired one begins no ticket");
        assert_eq!(tree.first(Some(id(2))), Some(id(2)));
    }

    #[test]
    fn names_and_skills_have_one_form() {
        assert_eq!(name("  Accès   client "), Some("Accès client".to_owned()));
        assert_eq!(name(" "), None);
        assert_eq!(name(&"x".repeat(81)), None);
        let given = ["DNS".to_owned(), " dns ".to_owned(), "Linux".to_owned()];
        assert_eq!(skills(&given).unwrap(), ["dns", "linux"]);
    }

    proptest! {
        /// Whatever is moved in whatever order: no cycle, and never more than the levels there may be.
        #[test]
        fn moves_keep_a_tree(moves in prop::collection::vec((0..12u128, prop::option::of(0..12u128)), 0..80)) {
            let mut nodes: Vec<Node> = (0..12).map(|n| node(n, None)).collect();
            for (which, parent) in moves {
                if Tree::new(nodes.clone()).may_move(id(which), parent.map(id)).is_ok() {
                    nodes[usize::try_from(which).unwrap()].parent = parent.map(id);
                }
                let tree = Tree::new(nodes.clone());
                for one in &nodes {
                    let path = tree.path(one.id);
                    prop_assert!(path.len() <= DEPTH_MAX);
                    let root = path.last().and_then(|root| nodes.iter().find(|node| node.id == *root));
                    prop_assert!(root.is_some_and(|root| root.parent.is_none()), "a path ends at the top");
                }
            }
        }
    }
}
