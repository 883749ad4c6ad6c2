import type { Texts } from './texts.ts';

/** The text message keeps to the letters of GSM-7, which has é, è, à and ù but neither ê nor ç: else it would hold 70 characters. */
export const french: Texts = {
  message: {
    sms: '{code} est votre code pour {application}, valable {minutes} min. Ne le donnez à personne, qui que ce soit.',
    voice:
      'Bonjour. Votre code pour {application} est : {digits}.\nJe répète, votre code est : {digits}.\nNe le donnez à personne. Au revoir.',
    subject: 'Votre code pour {application}',
    email:
      "Votre code pour {application} est\n\n    {code}\n\nIl est valable {minutes} min, pour une seule connexion.\n\nNe le donnez à personne, qui que ce soit. Si vous n'êtes pas en train de vous connecter, quelqu'un connaît votre mot de passe : prévenez votre service informatique.\n",
  },
  notice: {
    sms: 'Connexion à {application} ? Approuver ou refuser : {link}',
    sms_answer: 'Ou répondez : oui {reference} / non {reference}',
    answer_over:
      "Cette connexion est finie, ou a été demandée à un autre numéro. Rien n'est approuvé. Reconnectez-vous et répondez au nouveau SMS.",
    answer_unclear: "Répondez oui ou non, avec les six caractères du SMS de la connexion. Rien n'est approuvé.",
    call: "Quelqu'un se connecte à {application} avec votre nom.\nSi c'est vous, appuyez sur {approve}.\nSi ce n'est pas vous, appuyez sur {fraud}.\nToute autre touche refuse.",
    call_approved: 'Merci. Vous êtes connecté.',
    call_declined: 'Merci. La connexion est refusée.',
    call_over: "Cette connexion est finie. Rien n'est approuvé. Au revoir.",
    subject: 'Approuver votre connexion à {application} ?',
    email:
      "Quelqu'un se connecte à {application} avec votre nom et votre mot de passe.\n\n    Nom : {user}\n    Depuis : {device}\n    Heure : {time}\n\nSi c'est vous, approuvez ici :\n\n    {link}\n\nSi ce n'est pas vous, ouvrez la même page et appuyez sur « Ce n'était pas moi » : quelqu'un connaît votre mot de passe.\n",
    notification: "Depuis {device}, {time}. Si ce n'est pas vous, refusez.",
    alert_subject: '{user} signale une connexion à {application} qui ne vient pas de lui',
    alert:
      "Un utilisateur devait approuver une connexion et a appuyé sur « Ce n'était pas moi ». Quelqu'un connaît le mot de passe.\n\n    Utilisateur : {user}\n    Application : {application} ({client})\n    Appareil : {device}\n    Heure : {time}\n\nLa connexion a été refusée, et l'utilisateur ne reçoit ni demandes ni codes pendant un temps. Faites changer le mot de passe, puis lancez « radgate user unlock ».\n",
    enrol_subject: 'Préparez votre second facteur pour {application}',
    enrol:
      "Désormais, vous vous connectez à {application} avec votre mot de passe et un second facteur, comme une application sur votre téléphone.\n\nPréparez-le ici, de préférence sur ce téléphone :\n\n    {link}\n\nCe lien est à vous seul, sert une fois, et jusqu'au {until}.\n",
  },
  prompt: {
    sent_sms: 'Code envoyé au {target}',
    sent_voice: 'Nous appelons le {target} avec votre code',
    sent_email: 'Code envoyé à {target}',
    approval:
      'Ouvrez vos approbations sur le téléphone, ou le lien envoyé, tapez-y ou choisissez-y {number}, puis tapez le code affiché',
    enter: 'Entrez votre code',
    wrong: 'Code erroné.',
    used: 'Ce code a déjà servi.',
    unavailable: "Vous n'avez pas ce moyen de connexion.",
    limited: 'Trop de codes vous ont été envoyés. Le prochain pourra partir dans {wait}.',
    limited_all: "Aucun code ne peut partir pour l'instant. Réessayez dans {wait}, ou choisissez un autre moyen.",
    no_number: "Vous n'avez pas de numéro de téléphone auquel un code puisse être envoyé.",
    no_address: "Vous n'avez pas d'adresse électronique à laquelle un code puisse être envoyé.",
    or: 'ou tapez',
    answer: 'Code',
  },
  names: {
    app: 'application ou jeton',
    approval: 'approuver sur votre téléphone',
    sms: 'SMS',
    voice: 'appel téléphonique',
    email: 'courriel',
    resend: 'envoyer un autre code',
  },
  words: {
    app: ['app', 'jeton', 'token'],
    approval: ['approuver', 'approve', 'lien', 'push'],
    sms: ['sms', 'texto'],
    voice: ['appel', 'tel', 'call'],
    email: ['mail', 'courriel', 'email'],
    resend: ['renvoyer', 'encore', 'resend'],
  },
  answers: { approve: [], decline: [], fraud: [] },
};
