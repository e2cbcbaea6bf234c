"""What is looked at in a page besides axe: names, width, motion, what hides what."""

from typing import Any

from playwright.sync_api import Page

#: What people operate; each must be called something.
CONTROLS = {
    "button", "link", "textbox", "radio", "checkbox", "combobox", "listbox", "option", "slider", "spinbutton", "switch",
    "progressbar", "dialog", "alertdialog", "searchbox", "DisclosureTriangle",
}  # fmt: skip
#: A question's controls are one group, called what the question asks.
UNTITLED = """[...document.querySelectorAll('fieldset')]
  .filter(e => !e.querySelector(':scope > legend')?.textContent.trim()).map(e => 'fieldset ' + e.id)"""
SIDEWAYS = "Math.max(document.documentElement.scrollWidth, document.body.scrollWidth) - innerWidth"
#: Elements with text of their own that are cut off or reach out of the screen; wide tables scroll by themselves.
CUT_OFF = """[...document.querySelectorAll('body *')].filter(e => e.checkVisibility() && !e.closest('.v, .scroll')
    && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())).filter(e => {
  const box = e.getBoundingClientRect(), style = getComputedStyle(e);
  return box.width && (box.left < -1 || box.right > innerWidth + 1
    || style.overflow !== 'visible' && e.scrollWidth > e.clientWidth + 1 && e.clientWidth);
}).map(e => e.tagName + ' ' + e.textContent.trim().slice(0, 60))"""
MOVING = """[...document.getAnimations().map(String),
  ...[...document.querySelectorAll('*')].filter(e => {
    const style = getComputedStyle(e);
    return /[1-9]/.test(style.transitionDuration + style.animationDuration) || style.scrollBehavior === 'smooth';
  }).map(e => e.outerHTML)]"""


def nameless(page: Page) -> list[str]:
    """Return the controls of a page that a screen reader could only call „button“ or „edit“."""
    session = page.context.new_cdp_session(page)
    nodes: list[dict[str, Any]] = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    roles = [(node["role"]["value"], node) for node in nodes if not node["ignored"]]
    silent = [f"nameless {role}" for role, node in roles if role in CONTROLS and not _name(node)]
    return silent + list(page.evaluate(UNTITLED))


def _name(node: dict[str, Any]) -> str:
    return str(node.get("name", {}).get("value", "")).strip()


def too_wide(page: Page) -> list[str]:
    """Return what makes a page scroll sideways, or is cut off."""
    over = page.evaluate(SIDEWAYS)
    return ([f"{over} px too wide"] if over > 0 else []) + list(page.evaluate(CUT_OFF))


def moving(page: Page) -> list[str]:
    return list(page.evaluate(MOVING))


#: Whether something of what has the focus can be seen, and lies under nothing that stays in its place.
SEEN = """(() => {
  const e = document.activeElement, whole = e.closest('label') || e, box = whole.getBoundingClientRect();
  const xs = [box.left + 4, box.left + box.width / 2, box.right - 4];
  const ys = [box.top + 4, box.top + box.height / 2, box.bottom - 4];
  return xs.some(x => ys.some(y => { const on = document.elementFromPoint(x, y);
    return on && (whole.contains(on) || on.contains(e) && !on.closest('nav, .g')); }));
})()"""


def hidden_focus(page: Page, most: int = 60) -> list[str]:
    """Tab through a page; return what had the focus and could not be seen."""
    hidden = []
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
        if not page.evaluate(SEEN):
            hidden.append(page.evaluate("document.activeElement.outerHTML.slice(0, 100)"))
    return hidden
