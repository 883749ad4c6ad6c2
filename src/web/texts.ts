/** What the pages of an approval say. Places are in braces. */
export interface PageTexts {
  readonly ask: string;
  readonly user: string;
  readonly application: string;
  /** Before the name of the client, where it is another than the application's. */
  readonly client: string;
  readonly device: string;
  readonly unknown_device: string;
  readonly time: string;
  readonly pick: string;
  readonly approve: string;
  readonly decline: string;
  readonly fraud: string;
  readonly approved: string;
  readonly approved_text: string;
  readonly code: string;
  readonly code_text: string;
  readonly declined: string;
  readonly declined_text: string;
  readonly reported: string;
  readonly reported_text: string;
  /** The same where a mail goes to administrators. */
  readonly alerted: string;
  readonly alerted_text: string;
  readonly wrong_number: string;
  readonly wrong_number_text: string;
  readonly gone: string;
  readonly gone_text: string;
  readonly decided: string;
  readonly decided_text: string;
  readonly limited: string;
  readonly limited_text: string;
  readonly failed: string;
  readonly failed_text: string;
}

const english: PageTexts = {
  ask: 'Is this your login?',
  user: 'User',
  application: 'Log in to',
  client: 'Through',
  device: 'From',
  unknown_device: 'not known',
  time: 'Time',
  pick: 'Pick the number that your login shows:',
  approve: 'Approve',
  decline: 'Decline',
  fraud: 'This was not me',
  approved: 'Approved',
  approved_text: 'You can go on where you are logging in.',
  code: 'Approved',
  code_text:
    'Type this code where you are logging in. It is good for this login alone. Give it to nobody who asks for it.',
  declined: 'Declined',
  declined_text: 'This login was turned away.',
  reported: 'Thank you for telling us',
  reported_text:
    'This login was turned away. Somebody knows your password: change it as soon as you can, and tell your help desk. For a while you are asked for no approvals.',
  alerted: 'Thank you for telling us',
  alerted_text:
    'This login was turned away, and a mail goes to your administrators. Somebody knows your password: change it as soon as you can. For a while you are asked for no approvals.',
  wrong_number: 'Declined: that was not the number',
  wrong_number_text:
    'Log in again and pick the number that your login shows. If you see no number, it is not your login.',
  gone: 'This link is no longer good',
  gone_text: 'It was used, or its time is over. Log in again and you get another one.',
  decided: 'This login was answered already',
  decided_text: 'There is nothing more to do here.',
  limited: 'Too many requests',
  limited_text: 'Wait a minute and try again.',
  failed: 'That did not work',
  failed_text: 'Nothing was decided. Try again in a moment.',
};

const french: PageTexts = {
  ask: 'Est-ce votre connexion ?',
  user: 'Utilisateur',
  application: 'Connexion à',
  client: 'Par',
  device: 'Depuis',
  unknown_device: 'inconnu',
  time: 'Heure',
  pick: 'Choisissez le nombre affiché par votre connexion :',
  approve: 'Approuver',
  decline: 'Refuser',
  fraud: "Ce n'était pas moi",
  approved: 'Approuvé',
  approved_text: 'Vous pouvez continuer là où vous vous connectez.',
  code: 'Approuvé',
  code_text:
    'Tapez ce code là où vous vous connectez. Il ne vaut que pour cette connexion. Ne le donnez à personne qui le demande.',
  declined: 'Refusé',
  declined_text: 'Cette connexion a été refusée.',
  reported: 'Merci de nous avoir prévenus',
  reported_text:
    "Cette connexion a été refusée. Quelqu'un connaît votre mot de passe : changez-le dès que possible et prévenez votre support. Pendant un certain temps, aucune approbation ne vous sera demandée.",
  alerted: 'Merci de nous avoir prévenus',
  alerted_text:
    "Cette connexion a été refusée et un courriel part vers vos administrateurs. Quelqu'un connaît votre mot de passe : changez-le dès que possible. Pendant un certain temps, aucune approbation ne vous sera demandée.",
  wrong_number: "Refusé : ce n'était pas le bon nombre",
  wrong_number_text:
    "Reconnectez-vous et choisissez le nombre affiché. Si aucun nombre n'est affiché, ce n'est pas votre connexion.",
  gone: "Ce lien n'est plus valable",
  gone_text: 'Il a servi, ou son délai est passé. Reconnectez-vous pour en recevoir un autre.',
  decided: 'Cette connexion a déjà sa réponse',
  decided_text: "Il n'y a plus rien à faire ici.",
  limited: 'Trop de demandes',
  limited_text: 'Attendez une minute et réessayez.',
  failed: "Cela n'a pas marché",
  failed_text: "Rien n'a été décidé. Réessayez dans un instant.",
};

const all: Readonly<Record<string, PageTexts>> = { en: english, fr: french };

/** The texts in a language, such as "fr" or "fr-CH"; in English if there are none. */
export function pageTexts(language: string): { readonly language: string; readonly texts: PageTexts } {
  const [primary = ''] = language.toLowerCase().split('-');
  const found = Object.hasOwn(all, primary) ? all[primary] : undefined;
  return found ? { language: primary, texts: found } : { language: 'en', texts: english };
}

/** The first language that a browser wants and that there are texts in: RFC 9110 §12.5.4, by the order in which browsers write them. */
export function languageWanted(header: string | undefined): string {
  const wanted = (header ?? '').slice(0, 200).split(',');
  for (const each of wanted) {
    const [tag = ''] = each.split(';');
    const [primary = ''] = tag.trim().toLowerCase().split('-');
    if (Object.hasOwn(all, primary)) return primary;
  }
  return 'en';
}
