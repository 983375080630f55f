/// A button on every command that copies it; where the clipboard is refused, the command is selected instead.
enum CopyScript {
  static let source = #"""
    const status = document.createElement('p');
    status.className = 'unseen';
    status.setAttribute('role', 'status');
    document.body.append(status);
    for (const code of document.querySelectorAll('pre.command > code')) {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'copy';
      button.textContent = 'Copy';
      code.after(button);
      button.addEventListener('click', async () => {
        let said = 'Copied';
        try {
          await navigator.clipboard.writeText(code.textContent);
        } catch {
          getSelection().selectAllChildren(code);
          said = 'Selected';
        }
        button.textContent = status.textContent = said;
        setTimeout(() => { button.textContent = 'Copy'; status.textContent = ''; }, 2000);
      });
    }
    """#
}
