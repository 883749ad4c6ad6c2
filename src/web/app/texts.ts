/** What the page on phones says. */
export interface AppTexts {
  readonly title: string;
  readonly short: string;
  readonly loading: string;
  readonly no_script: string;
  readonly unsupported: string;
  readonly unsupported_text: string;
  readonly trouble: string;
  readonly enrol: string;
  readonly enrol_text: string;
  readonly enrol_name: string;
  readonly enrol_go: string;
  /** To who has set this phone up before: another may have sent the link, to make it his own. */
  readonly enrol_instead: string;
  readonly not_enrolled: string;
  readonly revoked: string;
  readonly stale: string;
  readonly stale_text: string;
  readonly full: string;
  readonly full_text: string;
  readonly has_factor: string;
  readonly has_factor_text: string;
  readonly again: string;
  readonly idle: string;
  readonly idle_text: string;
  readonly phone_of: string;
  readonly notify: string;
  readonly number: string;
  readonly pick: string;
  readonly wrong: string;
  readonly wrong_text: string;
  readonly over: string;
  readonly over_text: string;
  readonly refused: string;
  readonly refused_text: string;
  readonly done: string;
}

const english: AppTexts = {
  title: 'Your approvals',
  short: 'Approvals',
  loading: 'One moment.',
  no_script: 'This page needs JavaScript.',
  unsupported: 'This browser cannot be used',
  unsupported_text: 'It keeps no keys for this page. Use another browser, not in private mode.',
  trouble: 'There is no connection. It is tried again.',
  enrol: 'Set up this phone',
  enrol_text: 'You then approve your logins here. The key for it is made on this phone and never leaves it.',
  enrol_name: 'A name for this phone',
  enrol_go: 'Set up',
  enrol_instead:
    'This phone is set up already. Set up anew, it no longer approves what it approves now: do it only if you have asked for this yourself.',
  not_enrolled: 'This device is not activated',
  revoked: 'This device is no longer activated',
  stale: 'This link is no longer good',
  stale_text: 'Such a link is good once, for 15 minutes.',
  full: 'You have too many phones',
  full_text: 'Have one revoked that you do not use any more, then set up this one.',
  has_factor: 'You have a second factor already',
  has_factor_text: 'This link may not add another. Nothing was changed.',
  again:
    'To activate this device, open the page on which you set up your second factor and scan the picture under "Approve on your phone". If you have no link to that page, ask your help desk for one.',
  idle: 'Nothing to approve',
  idle_text: 'Leave this page open while you log in.',
  phone_of: 'This phone approves for',
  notify: 'Tell this phone of logins',
  number: 'Type the number that your login shows',
  pick: 'What are you logging in to? Pick it to approve.',
  wrong: 'Declined: that was not it',
  wrong_text: 'What you gave is not what this login shows. Log in again. If you are not logging in, decline.',
  over: 'This login does not wait any more',
  over_text: 'It was answered, or its time is over. Log in again.',
  refused: 'That did not work',
  refused_text: 'Nothing was decided. Try again.',
  done: 'Done',
};

const french: AppTexts = {
  title: 'Vos approbations',
  short: 'Approbations',
  loading: 'Un instant.',
  no_script: 'Cette page a besoin de JavaScript.',
  unsupported: 'Ce navigateur ne convient pas',
  unsupported_text: 'Il ne garde pas de clés pour cette page. Prenez-en un autre, hors navigation privée.',
  trouble: 'Pas de connexion. Nouvel essai en cours.',
  enrol: 'Préparer ce téléphone',
  enrol_text: 'Vous y approuverez vos connexions. La clé est créée sur ce téléphone et ne le quitte jamais.',
  enrol_name: 'Un nom pour ce téléphone',
  enrol_go: 'Préparer',
  enrol_instead:
    "Ce téléphone est déjà préparé. Préparé de nouveau, il n'approuvera plus ce qu'il approuve : continuez seulement si c'est vous qui l'avez demandé.",
  not_enrolled: "Cet appareil n'est pas activé",
  revoked: "Cet appareil n'est plus activé",
  stale: "Ce lien n'est plus valable",
  stale_text: 'Un tel lien vaut une seule fois, pendant 15 minutes.',
  full: 'Vous avez trop de téléphones',
  full_text: "Faites révoquer celui que vous n'utilisez plus, puis préparez celui-ci.",
  has_factor: 'Vous avez déjà un second facteur',
  has_factor_text: "Ce lien ne peut pas en ajouter. Rien n'a été changé.",
  again:
    "Pour activer cet appareil, ouvrez la page où vous préparez votre second facteur et scannez l'image sous «\u00a0Approuver sur votre téléphone\u00a0». Si vous n'avez pas de lien vers cette page, demandez-le au support.",
  idle: 'Rien à approuver',
  idle_text: 'Laissez cette page ouverte pendant que vous vous connectez.',
  phone_of: 'Ce téléphone approuve pour',
  notify: 'Prévenir ce téléphone des connexions',
  number: 'Tapez le nombre affiché par votre connexion',
  pick: 'À quoi vous connectez-vous ? Choisissez-le pour approuver.',
  wrong: "Refusé : ce n'était pas cela",
  wrong_text:
    "Votre réponse n'est pas ce qu'affiche cette connexion. Reconnectez-vous. Si vous n'êtes pas en train de vous connecter, refusez.",
  over: "Cette connexion n'attend plus",
  over_text: 'Elle a sa réponse, ou son délai est passé. Reconnectez-vous.',
  refused: "Cela n'a pas marché",
  refused_text: "Rien n'a été décidé. Réessayez.",
  done: 'Terminé',
};

/** The texts in a language; in English if there are none. */
export function appTexts(language: string): AppTexts {
  return language.toLowerCase().startsWith('fr') ? french : english;
}
