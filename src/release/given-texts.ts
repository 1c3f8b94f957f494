/** Texts of the command line; `template` for those that are to be rendered. */
export interface NotesTexts {
  notes?: GivenText
  header?: GivenText
  footer?: GivenText
}

export interface GivenText {
  text: string
  /** The option it came by, for messages: `--release-notes-tmpl`. */
  option: string
  template: boolean
}
