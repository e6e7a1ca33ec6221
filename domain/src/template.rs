//! Texts with variables that people write, in the notation of Jinja. They can say values and conditions and nothing else: the
//! syntax tree is read before anything runs, so that no loop, no assignment, no call and no product of strings ever gets in. What
//! a text comes to is therefore bounded by its own length and that of its values; how deep its tree is, by its signs, which are
//! counted before there is a tree: whoever goes through one goes down a level for each operator of a chain.

use std::collections::BTreeMap;

use minijinja::{
    Environment, ErrorKind, UndefinedBehavior, Value, filters,
    machinery::{
        Span, Token,
        ast::{BinOpKind, CallArg, Expr, Stmt, UnaryOpKind},
        parse, tokenize,
    },
    syntax::SyntaxConfig,
};

/// Longest text, in characters.
pub const LENGTH_MAX: usize = 20_000;
/// Filters that texts may use.
pub const FILTERS: [&str; 5] = ["upper", "lower", "capitalize", "trim", "default"];
/// Names, signs and values between `{{` and `}}`, or `{%` and `%}`.
const SIGNS_MAX: usize = 100;
/// Conditions, `elif` included, that are open at one place.
const DEPTH_MAX: usize = 40;
/// Steps of one rendering. The longest text takes far fewer; it is there for what the tree did not show.
const FUEL: u64 = 50_000;

/// Something that is wrong with a text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {kind}")]
pub struct Flaw {
    /// Line, from 1.
    pub line: u32,
    /// What.
    pub kind: FlawKind,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FlawKind {
    /// A tag that is not closed, an operator without an operand.
    #[error("this cannot be read: {0}")]
    Syntax(String),
    /// A name that stands for nothing.
    #[error("`{0}` is no variable")]
    UnknownVariable(String),
    /// A filter that there is not.
    #[error("`{0}` is no filter")]
    UnknownFilter(String),
    /// Something that programs have and texts have not.
    #[error("`{0}` is not allowed")]
    NotAllowed(String),
    /// More conditions or operators within each other than anybody reads.
    #[error("this is too deep: divide it into several")]
    TooDeep,
    /// A variable without which the text is of no use.
    #[error("`{0}` has to stand in it")]
    Missing(String),
    /// Nothing is said.
    #[error("this must not be empty")]
    Empty,
    /// Longer than this many characters.
    #[error("this has {0} characters at most")]
    TooLong(usize),
    /// A line end where one line stands.
    #[error("this is one line")]
    OneLine,
    /// A text message of more than this many segments.
    #[error("a text message has {0} segments at most")]
    TooManySegments(usize),
    /// It cannot be filled in.
    #[error("this cannot be filled in: {0}")]
    Failed(String),
}

impl FlawKind {
    /// Stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Syntax(_) => "template_syntax",
            Self::UnknownVariable(_) => "unknown_variable",
            Self::UnknownFilter(_) => "unknown_filter",
            Self::NotAllowed(_) => "template_not_allowed",
            Self::TooDeep => "template_too_deep",
            Self::Missing(_) => "variable_missing",
            Self::Empty => "empty",
            Self::TooLong(_) => "too_long",
            Self::OneLine => "one_line",
            Self::TooManySegments(_) => "too_many_segments",
            Self::Failed(_) => "template_failed",
        }
    }

    /// How much there may be, where there is too much.
    #[must_use]
    pub const fn most(&self) -> Option<usize> {
        match self {
            Self::TooLong(most) | Self::TooManySegments(most) => Some(*most),
            _ => None,
        }
    }

    /// What it is about.
    #[must_use]
    pub fn subject(&self) -> &str {
        match self {
            Self::Syntax(text)
            | Self::UnknownVariable(text)
            | Self::UnknownFilter(text)
            | Self::NotAllowed(text)
            | Self::Missing(text)
            | Self::Failed(text) => text,
            Self::TooDeep | Self::Empty | Self::TooLong(_) | Self::OneLine | Self::TooManySegments(_) => "",
        }
    }
}

/// Checks a text against the names of its variables, such as `ticket.number`.
///
/// # Errors
/// Everything that is wrong with it, from its beginning.
pub fn check(source: &str, variables: &[&str]) -> Result<(), Vec<Flaw>> {
    shallow(source).map_err(|flaw| vec![flaw])?;
    let tree = parse(source, "", SyntaxConfig::default()).map_err(|error| vec![flaw_of(&error)])?;
    let mut reader = Reader {
        variables,
        flaws: Vec::new(),
    };
    reader.statement(&tree);
    if reader.flaws.is_empty() {
        Ok(())
    } else {
        Err(reader.flaws)
    }
}

/// Counts signs as they come, without any tree. What cannot be read at all is left to the parser.
fn shallow(source: &str) -> Result<(), Flaw> {
    let mut signs = 0;
    let mut begins = false;
    // Conditions that are open, each with its `elif`.
    let mut open: Vec<usize> = Vec::new();
    for (token, span) in tokenize(source, false, SyntaxConfig::default()).map_while(Result::ok) {
        let first = std::mem::take(&mut begins);
        signs += 1;
        match token {
            Token::TemplateData(_) | Token::VariableStart | Token::VariableEnd | Token::BlockEnd => signs = 0,
            Token::BlockStart => (signs, begins) = (0, true),
            Token::Ident("if") if first => open.push(1),
            Token::Ident("elif") if first => open.iter_mut().last().into_iter().for_each(|choices| *choices += 1),
            Token::Ident("endif") if first => drop(open.pop()),
            _ => {}
        }
        if signs > SIGNS_MAX || open.iter().sum::<usize>() > DEPTH_MAX {
            return Err(Flaw {
                line: u32::from(span.start_line),
                kind: FlawKind::TooDeep,
            });
        }
    }
    Ok(())
}

/// Fills in a text. Nothing is escaped: it is plain.
///
/// # Errors
/// Everything that is wrong with it, from its beginning.
pub fn render(source: &str, values: &BTreeMap<&str, String>) -> Result<String, Vec<Flaw>> {
    fill(source, values, environment())
}

/// [`render`], with each value escaped as it comes into the text; conditions and filters see it as it is.
///
/// # Errors
/// Everything that is wrong with it, from its beginning.
pub fn render_escaped(
    source: &str,
    values: &BTreeMap<&str, String>,
    escape: fn(&str) -> String,
) -> Result<String, Vec<Flaw>> {
    let mut environment = environment();
    environment.set_formatter(move |out, _, value| {
        let said = value.to_string();
        out.write_str(&escape(&said)).map_err(minijinja::Error::from)
    });
    fill(source, values, environment)
}

fn fill(source: &str, values: &BTreeMap<&str, String>, environment: Environment<'_>) -> Result<String, Vec<Flaw>> {
    let names: Vec<&str> = values.keys().copied().collect();
    check(source, &names)?;
    let mut objects: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
    let mut context: Vec<(&str, Value)> = Vec::new();
    for (name, value) in values {
        match name.split_once('.') {
            Some((object, field)) => objects.entry(object).or_default().push((field, value)),
            None => context.push((name, Value::from(value.as_str()))),
        }
    }
    context.extend(
        objects
            .into_iter()
            .map(|(name, fields)| (name, Value::from_pairs(fields))),
    );
    environment
        .render_str(source, Value::from_pairs(context))
        .map_err(|error| vec![flaw_of(&error)])
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment.add_filter("upper", filters::upper);
    environment.add_filter("lower", filters::lower);
    environment.add_filter("capitalize", filters::capitalize);
    environment.add_filter("trim", filters::trim);
    // Every variable is there, be it empty: what is to be said instead is said for the empty one.
    environment.add_filter(
        "default",
        |value: String, other: String| {
            if value.trim().is_empty() { other } else { value }
        },
    );
    environment
}

fn flaw_of(error: &minijinja::Error) -> Flaw {
    let detail = error.detail().unwrap_or_default().to_owned();
    Flaw {
        line: error.line().and_then(|line| u32::try_from(line).ok()).unwrap_or(1),
        kind: if error.kind() == ErrorKind::SyntaxError {
            FlawKind::Syntax(detail)
        } else {
            FlawKind::Failed(detail)
        },
    }
}

/// Walks a tree and notes what does not belong there.
struct Reader<'a> {
    variables: &'a [&'a str],
    flaws: Vec<Flaw>,
}

impl Reader<'_> {
    fn note(&mut self, span: Span, kind: FlawKind) {
        let flaw = Flaw {
            line: u32::from(span.start_line),
            kind,
        };
        if !self.flaws.contains(&flaw) {
            self.flaws.push(flaw);
        }
    }

    fn refuse(&mut self, span: Span, what: &str) {
        self.note(span, FlawKind::NotAllowed(what.to_owned()));
    }

    fn statement(&mut self, statement: &Stmt<'_>) {
        match statement {
            Stmt::Template(template) => template.children.iter().for_each(|each| self.statement(each)),
            Stmt::EmitRaw(_) => {}
            Stmt::EmitExpr(emitted) => self.expression(&emitted.expr),
            Stmt::IfCond(choice) => {
                self.expression(&choice.expr);
                choice.true_body.iter().for_each(|each| self.statement(each));
                choice.false_body.iter().for_each(|each| self.statement(each));
            }
            Stmt::ForLoop(each) => self.refuse(each.span(), "for"),
            Stmt::WithBlock(each) => self.refuse(each.span(), "with"),
            Stmt::Set(each) => self.refuse(each.span(), "set"),
            Stmt::SetBlock(each) => self.refuse(each.span(), "set"),
            Stmt::AutoEscape(each) => self.refuse(each.span(), "autoescape"),
            Stmt::FilterBlock(each) => self.refuse(each.span(), "filter"),
            Stmt::Do(each) => self.refuse(each.span(), "do"),
        }
    }

    fn expression(&mut self, expression: &Expr<'_>) {
        match expression {
            Expr::Const(_) => {}
            Expr::Var(variable) => self.name(variable.span(), variable.id),
            Expr::GetAttr(attribute) => match path(expression) {
                Some(name) => self.name(attribute.span(), &name),
                None => self.refuse(attribute.span(), attribute.name),
            },
            Expr::UnaryOp(operation) => match operation.op {
                UnaryOpKind::Not => self.expression(&operation.expr),
                UnaryOpKind::Neg => self.refuse(operation.span(), "-"),
            },
            Expr::BinOp(operation) => {
                match operation.op {
                    BinOpKind::Eq
                    | BinOpKind::Ne
                    | BinOpKind::ScAnd
                    | BinOpKind::ScOr
                    | BinOpKind::Concat
                    | BinOpKind::In => {}
                    BinOpKind::Lt | BinOpKind::Lte | BinOpKind::Gt | BinOpKind::Gte => {}
                    BinOpKind::Add => self.refuse(operation.span(), "+"),
                    BinOpKind::Sub => self.refuse(operation.span(), "-"),
                    BinOpKind::Mul => self.refuse(operation.span(), "*"),
                    BinOpKind::Div | BinOpKind::FloorDiv => self.refuse(operation.span(), "/"),
                    BinOpKind::Rem => self.refuse(operation.span(), "%"),
                    BinOpKind::Pow => self.refuse(operation.span(), "**"),
                }
                self.expression(&operation.left);
                self.expression(&operation.right);
            }
            Expr::Compare(comparison) => {
                self.expression(&comparison.expr);
                comparison.ops.iter().for_each(|each| self.expression(&each.expr));
            }
            Expr::IfExpr(choice) => {
                self.expression(&choice.test_expr);
                self.expression(&choice.true_expr);
                match &choice.false_expr {
                    Some(other) => self.expression(other),
                    // Without it the value would be undefined, and nothing that is can be said.
                    None => self.note(choice.span(), FlawKind::Syntax("`if` needs an `else` here".to_owned())),
                }
            }
            Expr::Filter(filter) => {
                if !FILTERS.contains(&filter.name) {
                    self.note(filter.span(), FlawKind::UnknownFilter(filter.name.to_owned()));
                }
                if let Some(of) = &filter.expr {
                    self.expression(of);
                }
                let arguments = usize::from(filter.name == "default");
                if FILTERS.contains(&filter.name) && filter.args.len() != arguments {
                    self.note(
                        filter.span(),
                        FlawKind::Syntax(format!("`{}` takes {arguments} values", filter.name)),
                    );
                }
                for argument in &filter.args {
                    match argument {
                        CallArg::Pos(value) => self.expression(value),
                        CallArg::Kwarg(..) | CallArg::PosSplat(_) | CallArg::KwargSplat(_) => {
                            self.refuse(filter.span(), filter.name);
                        }
                    }
                }
            }
            Expr::Slice(each) => self.refuse(each.span(), "[:]"),
            Expr::Test(each) => self.refuse(each.span(), "is"),
            Expr::GetItem(each) => self.refuse(each.span(), "[]"),
            Expr::Call(each) => self.refuse(each.span(), "()"),
            Expr::List(each) => self.refuse(each.span(), "[]"),
            Expr::Tuple(each) => self.refuse(each.span(), "()"),
            Expr::Map(each) => self.refuse(each.span(), "{}"),
        }
    }

    fn name(&mut self, span: Span, name: &str) {
        if !self.variables.contains(&name) {
            self.note(span, FlawKind::UnknownVariable(name.to_owned()));
        }
    }
}

/// `ticket.number`, when it is such a path.
fn path(expression: &Expr<'_>) -> Option<String> {
    match expression {
        Expr::Var(variable) => Some(variable.id.to_owned()),
        Expr::GetAttr(attribute) => Some(format!("{}.{}", path(&attribute.expr)?, attribute.name)),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
