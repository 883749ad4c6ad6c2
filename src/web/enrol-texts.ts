/** What the page says on which users register. Places are in braces. */
export interface EnrolTexts {
  readonly title: string;
  readonly hello: string;
  readonly app: string;
  readonly app_text: string;
  readonly app_start: string;
  readonly app_scan: string;
  readonly app_open: string;
  readonly app_key: string;
  readonly app_code: string;
  readonly app_done: string;
  readonly device: string;
  readonly device_text: string;
  readonly device_start: string;
  readonly device_scan: string;
  readonly device_open: string;
  readonly device_again: string;
  readonly device_look: string;
  readonly device_done: string;
  readonly finished_device: string;
  readonly phone: string;
  readonly phone_text: string;
  readonly phone_number: string;
  readonly phone_sms: string;
  readonly phone_voice: string;
  readonly phone_sent: string;
  readonly phone_other: string;
  readonly phone_done: string;
  readonly confirm: string;
  readonly finish: string;
  readonly finished: string;
  readonly finished_app: string;
  readonly finished_phone: string;
  readonly wrong: string;
  readonly used: string;
  readonly invalid: string;
  readonly not_allowed: string;
  readonly limited: string;
  readonly nothing: string;
  readonly gone: string;
  readonly gone_text: string;
  readonly has_factor: string;
  readonly has_factor_text: string;
}

const english: EnrolTexts = {
  title: 'Set up your second factor',
  hello: 'For {user}. Set up one of these, or more.',
  app: 'App on your phone',
  app_text: 'An authenticator app shows a new code every 30 seconds. Any of them will do.',
  app_start: 'Set up the app',
  app_scan: 'Scan this picture with the app.',
  app_open: 'The app is on this phone: open it',
  app_key: 'Or type this key into the app:',
  app_code: 'Then type the code that the app shows',
  app_done: 'The app is set up.',
  device: 'Approve on your phone',
  device_text: 'A page on your phone asks you whether a login is yours. It needs no app from a store.',
  device_start: 'Set up approvals',
  device_scan: 'Scan this picture with the camera of your phone. It is good once, for 15 minutes.',
  device_open: 'This is the phone: open the page',
  device_again: 'Show another picture',
  device_look: 'I have set up the phone',
  device_done: 'Your phone approves logins.',
  finished_device: 'Next time you log in, type your password, then approve on your phone: keep its page open.',
  phone: 'Codes to your phone',
  phone_text: 'A code is sent to you each time you log in.',
  phone_number: 'Your mobile number, such as +41 79 123 45 67',
  phone_sms: 'Send me a text',
  phone_voice: 'Call me',
  phone_sent: 'The code that was sent to {number}',
  phone_other: 'Another number',
  phone_done: 'Codes go to {number}.',
  confirm: 'Confirm',
  finish: 'I am done',
  finished: 'You are all set',
  finished_app: 'Next time you log in, type your password, then the code that the app shows.',
  finished_phone: 'Next time you log in, type your password, then the code that is sent to {number}.',
  wrong: 'That code was wrong. You have {left} more tries.',
  used: 'That code was used already. Wait for the next one.',
  invalid: 'That is no phone number. Write it with its country: +41 79 123 45 67.',
  not_allowed: 'Codes cannot be sent to this number. Ask your help desk.',
  limited: 'Too many codes were sent. Try again in a few minutes.',
  nothing: 'Set up one of them first.',
  gone: 'This link is no longer good',
  gone_text: 'It was used, it is too old, or too many wrong codes were typed. Ask your help desk for a new one.',
  has_factor: 'You have a second factor already',
  has_factor_text:
    'Nothing was changed. If you have lost it, ask your help desk: they reset it and send you a new link.',
};

const french: EnrolTexts = {
  title: 'Préparez votre second facteur',
  hello: 'Pour {user}. Préparez un de ces moyens, ou plusieurs.',
  app: 'Application sur votre téléphone',
  app_text:
    "Une application d'authentification montre un nouveau code toutes les 30 secondes. N'importe laquelle convient.",
  app_start: "Préparer l'application",
  app_scan: "Scannez cette image avec l'application.",
  app_open: "L'application est sur ce téléphone : l'ouvrir",
  app_key: "Ou tapez cette clé dans l'application :",
  app_code: "Puis tapez le code que montre l'application",
  app_done: "L'application est prête.",
  device: 'Approuver sur votre téléphone',
  device_text: 'Une page sur votre téléphone demande si une connexion est la vôtre. Aucune application à installer.',
  device_start: 'Préparer les approbations',
  device_scan: "Scannez cette image avec l'appareil photo de votre téléphone. Elle vaut une fois, pendant 15 minutes.",
  device_open: 'Le téléphone est celui-ci : ouvrir la page',
  device_again: 'Montrer une autre image',
  device_look: "J'ai préparé le téléphone",
  device_done: 'Votre téléphone approuve les connexions.',
  finished_device:
    'À la prochaine connexion, tapez votre mot de passe, puis approuvez sur votre téléphone : gardez sa page ouverte.',
  phone: 'Codes sur votre téléphone',
  phone_text: 'Un code vous est envoyé à chaque connexion.',
  phone_number: 'Votre numéro de mobile, comme +33 6 12 34 56 78',
  phone_sms: "M'envoyer un SMS",
  phone_voice: "M'appeler",
  phone_sent: 'Le code envoyé au {number}',
  phone_other: 'Un autre numéro',
  phone_done: 'Les codes vont au {number}.',
  confirm: 'Confirmer',
  finish: "J'ai terminé",
  finished: 'Tout est prêt',
  finished_app: "À la prochaine connexion, tapez votre mot de passe, puis le code que montre l'application.",
  finished_phone: 'À la prochaine connexion, tapez votre mot de passe, puis le code envoyé au {number}.',
  wrong: 'Ce code était erroné. Il vous reste {left} essais.',
  used: 'Ce code a déjà servi. Attendez le suivant.',
  invalid: "Ce n'est pas un numéro de téléphone. Écrivez-le avec son pays : +33 6 12 34 56 78.",
  not_allowed: 'Aucun code ne peut être envoyé à ce numéro. Adressez-vous au support.',
  limited: 'Trop de codes ont été envoyés. Réessayez dans quelques minutes.',
  nothing: "Préparez d'abord un de ces moyens.",
  gone: "Ce lien n'est plus valable",
  gone_text: 'Il a servi, il est trop ancien, ou trop de codes erronés ont été tapés. Demandez-en un autre au support.',
  has_factor: 'Vous avez déjà un second facteur',
  has_factor_text:
    "Rien n'a été changé. Si vous l'avez perdu, adressez-vous au support : il le réinitialise et vous envoie un autre lien.",
};

/** The texts in a language; in English if there are none. */
export function enrolTexts(language: string): EnrolTexts {
  return language.toLowerCase().startsWith('fr') ? french : english;
}
