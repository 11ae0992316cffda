/* What only the browser can tell of a page: each function returns complaints, one line each. */

window.access = (() => {
  const TABBABLE =
    "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";

  function name(element) {
    const words = element.labels?.[0]?.textContent || element.textContent || element.value || "";
    const id = element.id ? `#${element.id}` : "";
    return `${element.localName}${id} "${words.trim().replace(/\s+/g, " ").slice(0, 40)}"`;
  }

  function isShown(element) {
    return element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true });
  }

  /* Radios of one name are one stop; which one is up to the browser. */
  function stop(element) {
    return element.type === "radio" ? `radio ${element.form?.id || ""} ${element.name}` : element;
  }

  function stops() {
    const found = [...document.querySelectorAll(TABBABLE)].filter(
      (element) => element.tabIndex >= 0 && !element.disabled && isShown(element),
    );
    return [...new Set(found.map(stop))];
  }

  const reached = [];
  const complaints = [];

  function isCovered(element) {
    const box = element.getBoundingClientRect();
    const x = Math.min(Math.max(box.left + Math.min(box.width / 2, 20), 0), innerWidth - 1);
    const y = Math.min(Math.max(box.top + box.height / 2, 0), innerHeight - 1);
    const top = document.elementFromPoint(x, y);
    return !(top && (element.contains(top) || top.contains(element) || top.closest("label")));
  }

  function hasRing(element) {
    const style = getComputedStyle(element);
    const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    return outlined || style.boxShadow !== "none";
  }

  function notes(event) {
    const element = event.target;
    const box = element.getBoundingClientRect();
    reached.push(stop(element));
    if (box.width < 2 || box.height < 2) complaints.push(`focus on something unseen: ${name(element)}`);
    else if (box.bottom < 0 || box.top > innerHeight) complaints.push(`focus out of sight: ${name(element)}`);
    else if (isCovered(element)) complaints.push(`focus is covered: ${name(element)}`);
    if (!hasRing(element)) complaints.push(`no ring around the focus: ${name(element)}`);
  }

  /* Call before the first Tab; returns how many times Tab is to be pressed: a date is several. */
  function listen() {
    document.addEventListener("focusin", notes);
    document.activeElement?.blur();
    window.scrollTo(0, 0);
    const inParts = document.querySelectorAll("input[type=date], input[type=datetime-local], input[type=time]");
    return stops().length + 7 * inParts.length;
  }

  function afterTabs() {
    const wanted = stops();
    const seen = [...new Set(reached)];
    const missed = wanted.filter((one) => !seen.includes(one));
    const order = seen.filter((one) => wanted.includes(one));
    const out = order.findIndex((one, place) => wanted.indexOf(one) < wanted.indexOf(order[place - 1]));
    const say = (one) => (typeof one === "string" ? one : name(one));
    return [
      ...new Set(complaints),
      ...missed.map((one) => `Tab does not reach ${say(one)}`),
      ...(out > 0 ? [`Tab goes back to ${say(order[out])}`] : []),
      ...(seen.length && !String(seen[0].className).includes("skip") && document.querySelector("main")
        ? [`Tab first reaches ${say(seen[0])}, not the link to the content`]
        : []),
    ];
  }

  function headings() {
    const levels = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].filter(isShown);
    const first = levels.filter((heading) => heading.localName === "h1").length;
    const depth = (heading) => Number(heading.localName[1]);
    const jumps = levels.filter((heading, place) => depth(heading) > depth(levels[place - 1] || heading) + 1);
    return [
      ...(first === 1 ? [] : [`${first} headings of the first level`]),
      ...jumps.map((heading) => `a level of headings is left out before ${name(heading)}`),
    ];
  }

  const words = (text) => (text || "").replace(/\s+/g, " ").trim();

  /* What a link or a part of the page is called aloud. */
  function called(element) {
    const ids = (element.getAttribute("aria-labelledby") || "").split(" ").filter(Boolean);
    return words(ids.map((id) => document.getElementById(id)?.textContent).join(" "))
      || words(element.getAttribute("aria-label"));
  }

  function repeated(list, key) {
    const groups = new Map();
    for (const one of list) groups.set(key(one), [...(groups.get(key(one)) || []), one]);
    return [...groups].filter(([, several]) => several.length > 1);
  }

  /* Heard in a list, without the page around: each part and each link tells which one it is. In a
     table the cells of its row tell it, in a navigation the name of the navigation. */
  function lists() {
    const parts = [...document.querySelectorAll("nav, aside, [role=navigation], [role=search], [role=region]")];
    const kind = (part) => part.getAttribute("role") || part.localName;
    const sameParts = repeated(parts.filter(isShown), (part) => `${kind(part)} "${called(part)}"`);
    const links = [...document.querySelectorAll("main a[href]")]
      .filter((link) => isShown(link) && !link.closest("nav, tr"));
    const sameLinks = repeated(links, (link) => called(link) || words(link.textContent) || words(link.title));
    return [
      ...sameParts.map(([which]) => `two parts of the page are both ${which}`),
      ...sameLinks
        .filter(([, several]) => new Set(several.map((link) => link.href)).size > 1)
        .map(([which]) => `links of one name lead to different places: "${which}"`),
      ...links.filter((link) => !called(link) && !words(link.textContent) && !link.querySelector("[alt]"))
        .map((link) => `a link has no name: ${link.outerHTML.slice(0, 80)}`),
    ];
  }

  /* WCAG 1.4.12: what must be borne without loss of text. */
  function withSpacedText() {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`* {
      line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important;
    } p { margin-block-end: 2em !important; }`);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    const found = clipped();
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== sheet);
    return found.map((one) => `with spaced text, ${one}`);
  }

  function textLeaves(element) {
    const box = element.getBoundingClientRect();
    const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    while (texts.nextNode()) {
      if (!texts.currentNode.data.trim() || !isShown(texts.currentNode.parentElement)) continue;
      range.selectNodeContents(texts.currentNode);
      const seen = [...range.getClientRects()].filter((one) => one.width > 2 && one.height > 2);
      if (seen.some((one) => one.right > box.right + 2 || one.bottom > box.bottom + 2)) return true;
    }
    return false;
  }

  function clipped() {
    const page = document.scrollingElement;
    const sideways = page.scrollWidth - document.documentElement.clientWidth;
    const cut = [...document.querySelectorAll("body *")].filter((element) => {
      const style = getComputedStyle(element);
      const hides = [style.overflowX, style.overflowY].some((way) => ["hidden", "clip"].includes(way));
      const box = element.getBoundingClientRect();
      return hides && box.width > 2 && box.height > 2 && isShown(element)
        && !element.closest("svg") && textLeaves(element);
    });
    const spilled = [...document.querySelectorAll(".btn, .chip, button")].filter(
      (element) => isShown(element) && element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 2,
    );
    return [
      ...(sideways > 0 ? [`the page scrolls sideways by ${sideways} pixels`] : []),
      ...cut.map((element) => `text is cut off: ${name(element)}`),
      ...spilled.map((element) => `text leaves its button: ${name(element)}`),
    ];
  }

  function moving() {
    const seconds = (list) => Math.max(...list.split(",").map(parseFloat));
    const found = [...document.querySelectorAll("body *")].filter((element) => {
      const style = getComputedStyle(element);
      return seconds(style.transitionDuration) > 0.01
        || (style.animationName !== "none" && seconds(style.animationDuration) > 0.01);
    });
    return found.length ? [`${found.length} move although asked not to, first ${name(found[0])}`] : [];
  }

  /* To be called while the colours of the page are replaced by the system's. */
  function withoutColours() {
    return [...document.querySelectorAll(".btn, .chip, .notice, input:not([type=hidden]), select, textarea")]
      .filter((element) => {
        const style = getComputedStyle(element);
        const drawnByTheBrowser = element.matches("input") && style.appearance === "auto";
        const ofAnother = element.closest(".select2-container") || element.offsetWidth < 2;
        const edges = [style.borderTopStyle, style.borderLeftStyle];
        return isShown(element) && !drawnByTheBrowser && !ofAnother && edges.every((edge) => edge === "none");
      })
      .map((element) => `has no edge when colours are replaced: ${name(element)}`);
  }

  return { afterTabs, clipped, headings, lists, listen, moving, withSpacedText, withoutColours };
})();
