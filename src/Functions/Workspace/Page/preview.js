import { call, page, resourcePath } from "./api.js";
import { busy, h, notice } from "./dom.js";

/** Publishing a widget, and the published page in a frame that shares nothing with this one. */
export function preview({ onPublished }) {
  const problem = notice();
  const link = h("a", { href: `/w/${page.id}/`, target: "_blank", rel: "noopener noreferrer", hidden: true }, "Open its page");
  const embed = h("input", { type: "text", readonly: true, "aria-label": "Script tag that embeds the widget", hidden: true });
  const frame = h("div", { class: "frame" });
  const empty = h("p", { class: "muted" }, "Nothing is published yet. Publish the widget to see it here.");
  const button = h(
    "button",
    {
      type: "button",
      class: "primary",
      onclick: () =>
        busy(button, async () => {
          problem.clear();
          try {
            const { body } = await call("POST", `${resourcePath}/publish`);
            problem.good("Published.");
            embed.value = body.embed;
            embed.hidden = false;
            show(body.buildId);
            onPublished();
          } catch (error) {
            problem.bad(error);
          }
        }),
    },
    "Publish",
  );

  /** Shows the published page; another build is another address, so that no cache shows an older one. */
  function show(buildId) {
    empty.hidden = true;
    link.hidden = false;
    frame.replaceChildren(
      h("iframe", {
        src: `/w/${page.id}/?build=${encodeURIComponent(buildId)}`,
        title: "Published widget",
        sandbox: "allow-scripts allow-forms allow-modals",
        referrerpolicy: "no-referrer",
      }),
    );
  }

  return {
    element: h("div", null, h("div", { class: "row" }, button, link), problem.element, embed, empty, frame),
    showPublished: () => {
      if (!frame.hasChildNodes()) {
        show("current");
      }
    },
  };
}
