// Sets the theme a person has chosen before anything is painted; "system" is the absence of one.
try {
  const theme = localStorage.getItem('snowglobe-theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {
  // Storage is switched off: the system's theme it is.
}
