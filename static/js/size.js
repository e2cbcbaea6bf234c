// A file larger than the server takes would be cut off on its way: it is refused here, before anything is sent.
for (const field of document.querySelectorAll("input[type=file][data-most]")) {
  const said = document.createElement("p");
  said.className = "error";
  said.setAttribute("role", "alert");
  field.before(said);
  field.addEventListener("change", () => {
    const large = [...field.files].some((file) => file.size > Number(field.dataset.most));
    said.textContent = large ? `${field.dataset.said} Es wurde nichts gesendet.` : "";
    if (large) field.value = "";
  });
}
